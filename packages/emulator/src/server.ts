import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { CONTROL_PREFIX, control } from './control/routes.js'
import { isOurHost } from './origin.js'
import type { Mounts } from './mounts.js'
import { ERROR_TEXTS, makeError } from './envelope.js'
import type { ApiFamily } from './envelope.js'
import { replacement, replacesAnswer, spoil } from './fault-answer.js'
import type { HttpAnswer } from './fault-answer.js'
import type { FaultRule } from './fault-rule.js'
import { maskBody, maskUrl } from './masking.js'
import type { AnswerNote } from './traffic.js'
import { stableToken, token } from './weixin-api/access-token.js'
import { refuse } from './weixin-api/answer.js'
import type { ApiAnswer } from './weixin-api/answer.js'
import { getUserPhoneNumber } from './weixin-api/getuserphonenumber.js'
import { jscode2session } from './weixin-api/jscode2session.js'
import { checkSession, resetUserSessionKey } from './weixin-api/session-key.js'
import type { Wechat } from './wechat.js'

interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly call: (query: URLSearchParams, wechat: Wechat, body: unknown) => ApiAnswer
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/sns/jscode2session': { method: 'GET', call: jscode2session },
  '/cgi-bin/token': { method: 'GET', call: token },
  '/cgi-bin/stable_token': { method: 'POST', call: stableToken },
  '/wxa/checksession': { method: 'GET', call: checkSession },
  '/wxa/business/getuserphonenumber': { method: 'POST', call: getUserPhoneNumber },
  '/wxa/resetusersessionkey': { method: 'GET', call: resetUserSessionKey },
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0] ?? '/'

/** WeChat's server API, the control API and what is mounted, on one listener. `host` is what it will be bound to. */
export function createListener(wechat: Wechat, mounts: Mounts, host: string): Server {
  const server = createServer((request, response) => {
    const path = pathOf(request)
    if (!isOurHost(request, host)) {
      response.writeHead(421, { 'content-type': 'application/json; charset=utf-8' })
      response.end(JSON.stringify({ error: `the Host header ${JSON.stringify(request.headers.host)} is not this emulator; call it as localhost, 127.0.0.1 or ${host}` }))
      return
    }
    if (mounts.request(path, request, response)) return
    if (path === CONTROL_PREFIX || path.startsWith(`${CONTROL_PREFIX}/`)) void control(path, request, response, wechat)
    else {
      readText(request).then((text) => answerWeixin(path, request, text, response, wechat)).catch((error: unknown) => {
        if (!request.errored) process.stderr.write(`tongxing-emulator: ${error instanceof Error ? error.stack : String(error)}\n`)
        response.destroy() // else the caller has gone
      })
    }
  })
  return server.on('upgrade', (request, socket, head) => {
    if (isOurHost(request, host)) mounts.upgrade(pathOf(request), request, socket, head)
    else socket.destroy()
  })
}

const LARGEST_BODY = 1024 * 1024

// Past the limit the rest is dropped; what is left is no JSON any more, and is refused as such.
async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= LARGEST_BODY) chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function answerWeixin(path: string, request: IncomingMessage, text: string, response: ServerResponse, wechat: Wechat): void {
  const query = new URLSearchParams(request.url?.slice(path.length + 1))
  const answered = wechat.traffic.note({
    from: 'server', to: 'wechat', name: `${request.method} ${path}`, appid: query.get('appid') ?? undefined, detail: { url: maskUrl(request.url ?? ''), ...text !== '' && { body: maskBody(text) } },
  })
  const fault = wechat.faults.take(path, { appid: query.get('appid') ?? appidOf(text) })
  const finish = () => {
    if (fault !== undefined && replacesAnswer(fault)) {
      if (fault.after === true) dispatch(path, request.method ?? 'GET', query, text, wechat)
      return answerFault(fault, path, response, wechat, answered)
    }
    const answer = dispatch(path, request.method ?? 'GET', query, text, wechat)
    const body = 'body' in answer ? answer.body : errorBody(path, answer.errcode, answer.text, wechat)
    answered('body' in answer, body)
    const real = { status: 200, type: typeOf(path), body: Buffer.from(JSON.stringify(body)) }
    send(response, fault === undefined ? real : spoil(fault, real))
  }
  if (fault?.delayMs === undefined) finish()
  else wechat.clock.after(fault.delayMs, finish)
}

function dispatch(path: string, method: string, query: URLSearchParams, text: string, wechat: Wechat): ApiAnswer {
  const endpoint = Object.hasOwn(ENDPOINTS, path) ? ENDPOINTS[path] : undefined
  if (endpoint === undefined) return refuse(40066)
  if (method !== endpoint.method) return refuse(endpoint.method === 'GET' ? 43001 : 43002)
  if (method === 'POST' && text === '') return refuse(44002)
  const body = parse(text)
  if (method === 'POST' && body === undefined) return refuse(47001)
  const answer = endpoint.call(query, wechat, body)
  if ('errcode' in answer && answer.errcode === 40013) warnOfAppid(query.get('appid') ?? (Object(body) as { appid?: unknown }).appid, wechat)
  return answer
}

// WeChat goes by the body alone, whatever its content type says.
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // told apart by the caller
  }
}

function warnOfAppid(appid: unknown, { state }: Wechat): void {
  const known = state.apps.map((app) => app.appid).join(', ')
  const hint = typeof appid === 'string' && appid.startsWith('wxemu') ? 'it is not registered here' : 'the emulator serves only its own AppIDs and never a real one'
  process.stderr.write(`tongxing-emulator: appid ${JSON.stringify(appid)} was refused (40013): ${hint}. Known: ${known}\n`)
}

function answerFault(fault: FaultRule, path: string, response: ServerResponse, wechat: Wechat, answered: AnswerNote): void {
  if (fault.drop === true) {
    answered(false, { fault: 'connection dropped' })
    response.socket?.destroy()
    return
  }
  const { errcode = -1 } = fault
  const given = replacement(fault, typeOf(path), JSON.stringify(errorBody(path, errcode, ERROR_TEXTS[errcode] ?? 'fault', wechat)))
  const own = fault.body !== undefined || fault.html502 === true
  answered(false, { fault: { status: given.status, ...own ? { bodyLength: given.body.length } : { errcode } } })
  send(response, given)
}

/** The members of a POST name the app where the query does not. */
function appidOf(text: string): string | undefined {
  const { appid } = Object(parse(text)) as { appid?: unknown }
  return typeof appid === 'string' ? appid : undefined
}

function errorBody(path: string, errcode: number, text: string, { clock, random }: Wechat) {
  return makeError(familyOf(path), errcode, text, clock.now(), random)
}

function familyOf(path: string): ApiFamily {
  if (path.startsWith('/sns/')) return 'sns'
  return path.startsWith('/wxa/') ? 'wxa' : 'cgi-bin'
}

// jscode2session answers JSON as text/plain; callers must not go by the type.
const typeOf = (path: string): string => familyOf(path) === 'sns' ? 'text/plain' : 'application/json; charset=utf-8'

function send(response: ServerResponse, { status, type, body }: HttpAnswer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': body.length })
  response.end(body)
}
