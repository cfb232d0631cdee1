import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { CONTROL_PREFIX, control } from './control/routes.js'
import { isOurHost } from './origin.js'
import type { Mounts } from './mounts.js'
import { ERROR_TEXTS, familyOf, makeError } from './envelope.js'
import type { WeixinError } from './envelope.js'
import { replacement, replacesAnswer, spoil } from './fault-answer.js'
import type { HttpAnswer } from './fault-answer.js'
import type { FaultRule } from './fault-rule.js'
import { maskBody, maskUrl } from './masking.js'
import type { AnswerNote } from './traffic.js'
import type { Refusal } from './weixin-api/answer.js'
import { parseMembers } from './weixin-api/body.js'
import { takeWebSockets } from './upgrade.js'
import { dispatch } from './weixin-api/dispatch.js'
import type { Wechat } from './wechat.js'

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0] ?? '/'

/** WeChat's server API, the control API and what is mounted, on one listener. `host` is what it will be bound to; with `tls` it speaks https. */
export function createListener(wechat: Wechat, mounts: Mounts, host: string, tls?: { readonly cert: string, readonly key: string }): Server {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
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
  }
  const server = tls === undefined ? createServer(answer) : createTlsServer({ ...tls }, answer)
  takeWebSockets(server, (request, socket, head) => {
    if (isOurHost(request, host)) mounts.upgrade(pathOf(request), request, socket, head)
    else socket.destroy()
  })
  return server
}

// An IPv4 address that arrives on an IPv6 socket is told as what it is.
const addressOf = ({ socket }: IncomingMessage): string => (socket.remoteAddress ?? '').replace(/^::ffff:/, '')

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
    const ask = { path, method: request.method ?? 'GET', query, text, ip: addressOf(request) }
    if (fault !== undefined && replacesAnswer(fault)) {
      if (fault.after === true) dispatch(ask, wechat)
      return answerFault(fault, path, response, wechat, answered)
    }
    const answer = dispatch(ask, wechat)
    const body = 'body' in answer ? answer.body : errorBody(path, answer, addressOf(request), wechat)
    answered('body' in answer, body)
    const real = { status: 200, type: typeOf(path), body: Buffer.from(JSON.stringify(body)) }
    send(response, fault === undefined ? real : spoil(fault, real))
  }
  if (fault?.delayMs === undefined) finish()
  else wechat.clock.after(fault.delayMs, finish)
}

function answerFault(fault: FaultRule, path: string, response: ServerResponse, wechat: Wechat, answered: AnswerNote): void {
  if (fault.drop === true) {
    answered(false, { fault: 'connection dropped' })
    response.socket?.destroy()
    return
  }
  const { errcode = -1 } = fault
  const given = replacement(fault, typeOf(path), JSON.stringify(errorBody(path, { errcode, text: ERROR_TEXTS[errcode] ?? 'fault' }, addressOf(response.req), wechat)))
  const own = fault.body !== undefined || fault.html502 === true
  answered(false, { fault: { status: given.status, ...own ? { bodyLength: given.body.length } : { errcode } } })
  send(response, given)
}

/** The members of a POST name the app where the query does not. */
function appidOf(text: string): string | undefined {
  const appid = parseMembers(text)?.['appid']
  return typeof appid === 'string' ? appid : undefined
}

function errorBody(path: string, refusal: Refusal, ip: string, { clock, random, errcodeAsText }: Wechat): WeixinError {
  const error = makeError(familyOf(path), refusal, { now: clock.now(), random, ip })
  return errcodeAsText && familyOf(path) === 'sns' ? { ...error, errcode: String(error.errcode) } : error
}

// jscode2session answers JSON as text/plain; callers must not go by the type.
const typeOf = (path: string): string => familyOf(path) === 'sns' ? 'text/plain' : 'application/json; charset=utf-8'

function send(response: ServerResponse, { status, type, body }: HttpAnswer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': body.length })
  response.end(body)
}
