import type { Wechat } from '../wechat.js'
import { refuse } from './answer.js'
import type { ApiAnswer, Refusal } from './answer.js'
import { parseMembers } from './body.js'
import type { ApiCall, Endpoint } from './call.js'
import { ENDPOINTS } from './endpoints.js'
import { overQuota } from './quota.js'

/** A request to WeChat's server API. */
export interface ApiRequest {
  readonly path: string
  readonly method: string
  readonly query: URLSearchParams
  readonly text: string
  /** The caller's address. */
  readonly ip: string
}

/** What WeChat answers: method, access_token and body are looked at here, the rest by the path's own handler. */
export function dispatch(request: ApiRequest, wechat: Wechat): ApiAnswer {
  const endpoint = Object.hasOwn(ENDPOINTS, request.path) ? ENDPOINTS[request.path] : undefined
  if (endpoint === undefined) return refuse(40066)
  if (!endpoint.methods.some((method) => method === request.method)) return refuse(endpoint.methods[0] === 'GET' ? 43001 : 43002)
  const appid = endpoint.token === true ? holderOf(request, endpoint, wechat) : ''
  if (typeof appid !== 'string') return appid
  const body = bodyOf(request, endpoint)
  if ('errcode' in body) return body
  const answer = endpoint.handle({ query: request.query, body: body.members, appid, ip: request.ip }, wechat)
  if ('errcode' in answer && answer.errcode === 40013) warnOfAppid(request.query.get('appid') ?? body.members['appid'], wechat)
  return answer
}

function holderOf({ path, query }: ApiRequest, { tooFast }: Endpoint, wechat: Wechat): string | Refusal {
  const verdict = wechat.accessTokens.check(query.get('access_token'))
  if ('errcode' in verdict) return refuse(verdict.errcode)
  return overQuota(verdict.appid, path, wechat, tooFast) ?? verdict.appid
}

function bodyOf({ method, text }: ApiRequest, { body, badBody }: Endpoint): { members: ApiCall['body'] } | Refusal {
  if (method === 'GET' || (text === '' && body === undefined)) return { members: {} }
  if (text === '') return refuse(badBody ?? 44002)
  const members = parseMembers(text) ?? (body === 'json_or_form' ? Object.fromEntries(new URLSearchParams(text)) : undefined)
  return members === undefined ? refuse(badBody ?? 47001) : { members }
}

function warnOfAppid(appid: unknown, { state }: Wechat): void {
  if (typeof appid !== 'string' || state.findApp(appid) !== undefined) return
  const known = state.apps.map((app) => app.appid).join(', ')
  const hint = appid.startsWith('wxemu') ? 'it is not registered here' : 'the emulator serves only its own AppIDs and never a real one'
  process.stderr.write(`tongxing-emulator: appid ${JSON.stringify(appid)} was refused (40013): ${hint}. Known: ${known}\n`)
}
