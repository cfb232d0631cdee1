import type { Wechat } from '../wechat.js'
import { refuse } from './answer.js'
import type { ApiAnswer, Refusal } from './answer.js'
import { textOf } from './call.js'
import type { ApiCall } from './call.js'
import { overQuota } from './quota.js'

interface Ask {
  readonly appid: string
  readonly secret: string
  readonly grantType: string
}

/** `GET /cgi-bin/token`: a new access_token with each call. */
export function token({ query, ip }: ApiCall, wechat: Wechat): ApiAnswer {
  const ask = { appid: query.get('appid') ?? '', secret: query.get('secret') ?? '', grantType: query.get('grant_type') ?? '' }
  return check(ask, ip, wechat) ?? overQuota(ask.appid, '/cgi-bin/token', wechat) ?? given(wechat.accessTokens.classic(ask.appid))
}

/** `POST /cgi-bin/stable_token`: the same access_token for every caller. */
export function stableToken(call: ApiCall, wechat: Wechat): ApiAnswer {
  const ask = { appid: textOf(call, 'appid'), secret: textOf(call, 'secret'), grantType: textOf(call, 'grant_type') }
  return check(ask, call.ip, wechat) ?? overQuota(ask.appid, '/cgi-bin/stable_token', wechat) ?? given(wechat.accessTokens.stable(ask.appid, call.body['force_refresh'] === true))
}

function check({ appid, secret, grantType }: Ask, ip: string, { state, components }: Wechat): Refusal | undefined {
  if (grantType !== 'client_credential') return refuse(40002)
  if (appid === '') return refuse(41002)
  if (secret === '') return refuse(41004)
  if (components.find(appid) !== undefined) return refuse(61024)
  const app = state.findApp(appid)
  if (app === undefined) return refuse(40013)
  if (app.secret !== secret) return refuse(40125)
  return isAllowed(ip, app.ipWhitelist) ? undefined : refuse(40164, `invalid ip ${ip.includes(':') ? ip : `${ip} ipv6 ::ffff:${ip}`}, not in whitelist`)
}

const isAllowed = (ip: string, whitelist: readonly string[] | null | undefined): boolean => whitelist === null || whitelist === undefined || whitelist.includes(ip)

function given({ token: accessToken, expiresIn }: { token: string, expiresIn: number }): ApiAnswer {
  return { body: { access_token: accessToken, expires_in: expiresIn } }
}
