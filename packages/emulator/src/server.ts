import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { CONTROL_PREFIX, control } from './control/routes.js'
import { ERROR_TEXTS, makeError } from './envelope.js'
import type { ApiFamily } from './envelope.js'
import type { FaultRule } from './faults.js'
import { maskUrl } from './masking.js'
import type { AnswerNote } from './traffic.js'
import { jscode2session } from './weixin-api/jscode2session.js'
import type { ApiAnswer } from './weixin-api/jscode2session.js'
import type { Wechat } from './wechat.js'

interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly call: (query: URLSearchParams, wechat: Wechat) => ApiAnswer
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/sns/jscode2session': { method: 'GET', call: jscode2session },
}

/** WeChat's server API and the control API on one listener. `host` is what it will be bound to. */
export function createListener(wechat: Wechat, host: string): Server {
  return createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (!isOurs(request.headers.host ?? '', host)) {
      response.writeHead(421, { 'content-type': 'application/json; charset=utf-8' })
      response.end(JSON.stringify({ error: `the Host header ${JSON.stringify(request.headers.host)} is not this emulator; call it as localhost, 127.0.0.1 or ${host}` }))
      return
    }
    if (path === CONTROL_PREFIX || path.startsWith(`${CONTROL_PREFIX}/`)) void control(path, request, response, wechat)
    else answerWeixin(path, request, response, wechat)
  })
}

// DNS rebinding: a web page may point its own name at 127.0.0.1, but it cannot change the Host header that goes with it.
function isOurs(hostHeader: string, bound: string): boolean {
  const name = hostHeader.replace(/:\d+$/, '').toLowerCase()
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name) || name === bound.toLowerCase() || name === 'api.weixin.qq.com'
}

function answerWeixin(path: string, request: IncomingMessage, response: ServerResponse, wechat: Wechat): void {
  request.resume()
  const query = new URLSearchParams(request.url?.slice(path.length + 1))
  const answered = wechat.traffic.note({
    from: 'server', to: 'wechat', name: `${request.method} ${path}`, appid: query.get('appid') ?? undefined, detail: { url: maskUrl(request.url ?? '') },
  })
  const fault = wechat.faults.take(path)
  const finish = () => {
    if (fault !== undefined && fault.after !== true && isAnswer(fault)) return answerFault(fault, path, response, wechat, answered)
    const answer = dispatch(path, request.method ?? 'GET', query, wechat)
    if (fault !== undefined && isAnswer(fault)) return answerFault(fault, path, response, wechat, answered)
    const body = 'body' in answer ? answer.body : errorBody(path, answer.errcode, answer.text, wechat)
    answered('body' in answer, body)
    send(path, response, 200, JSON.stringify(body))
  }
  if (fault?.delayMs === undefined) finish()
  else setTimeout(finish, fault.delayMs).unref()
}

function dispatch(path: string, method: string, query: URLSearchParams, wechat: Wechat): ApiAnswer {
  const endpoint = Object.hasOwn(ENDPOINTS, path) ? ENDPOINTS[path] : undefined
  if (endpoint === undefined) return { errcode: 40066, text: 'invalid url' }
  if (method !== endpoint.method) return endpoint.method === 'GET' ? { errcode: 43001, text: 'require GET method' } : { errcode: 43002, text: 'require POST method' }
  const answer = endpoint.call(query, wechat)
  if ('errcode' in answer && answer.errcode === 40013) warnOfAppid(query.get('appid') ?? '', wechat)
  return answer
}

function warnOfAppid(appid: string, { state }: Wechat): void {
  const known = state.apps.map((app) => app.appid).join(', ')
  const hint = appid.startsWith('wxemu') ? 'it is not registered here' : 'the emulator serves only its own AppIDs and never a real one'
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
