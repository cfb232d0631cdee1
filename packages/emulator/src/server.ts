import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { CONTROL_PREFIX, control } from './control/routes.js'
import { isOurHost } from './origin.js'
import type { Mounts } from './mounts.js'
import { ERROR_TEXTS, makeError } from './envelope.js'
import type { ApiFamily } from './envelope.js'
import type { FaultRule } from './faults.js'
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
  const fault = wechat.faults.take(path)
  const finish = () => {
    if (fault !== undefined && fault.after !== true && isAnswer(fault)) return answerFault(fault, path, response, wechat, answered)
    const answer = dispatch(path, request.method ?? 'GET', query, text, wechat)
    if (fault !== undefined && isAnswer(fault)) return answerFault(fault, path, response, wechat, answered)
    const body = 'body' in answer ? answer.body : errorBody(path, answer.errcode, answer.text, wechat)
    answered('body' in answer, body)
    send(path, response, 200, JSON.stringify(body))
  }
  if (fault?.delayMs === undefined) finish()
  else setTimeout(finish, fault.delayMs).unref()
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

/** A rule that only delays lets the real answer through. */
function isAnswer(fault: FaultRule): boolean {
  return fault.drop === true || fault.body !== undefined || fault.errcode !== undefined || fault.status !== undefined
}

function answerFault(fault: FaultRule, path: string, response: ServerResponse, wechat: Wechat, answered: AnswerNote): void {
  if (fault.drop === true) {
    answered(false, { fault: 'connection dropped' })
    response.socket?.destroy()
    return
  }
  const { status = 200, errcode = -1 } = fault
  const body = fault.body ?? JSON.stringify(errorBody(path, errcode, ERROR_TEXTS[errcode] ?? 'fault', wechat))
  answered(false, { fault: { status, ...fault.body === undefined ? { errcode } : { bodyLength: body.length } } })
  send(path, response, status, body)
}

function errorBody(path: string, errcode: number, text: string, { clock, random }: Wechat) {
  return makeError(familyOf(path), errcode, text, clock.now(), random)
}

function familyOf(path: string): ApiFamily {
  if (path.startsWith('/sns/')) return 'sns'
  return path.startsWith('/wxa/') ? 'wxa' : 'cgi-bin'
}

function send(path: string, response: ServerResponse, status: number, body: string): void {
  // jscode2session answers JSON as text/plain; callers must not go by the type.
  const type = familyOf(path) === 'sns' ? 'text/plain' : 'application/json; charset=utf-8'
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
