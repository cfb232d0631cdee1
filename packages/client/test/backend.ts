import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ERRORS } from '@tongxing/protocol'
import type { ErrorCode, Problem } from '@tongxing/protocol'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { openPhoneData, openProfile } from './wechat-data.js'
import type { OwnApp } from './wechat-data.js'

/** A request as the back end got it. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly token: string | undefined
  /** True when the token was known to be dead by then. */
  readonly dead: boolean
}

/** What is answered instead of the real answer. */
export type Answer = 'hang' | 'drop' | ErrorCode | { readonly status: number, readonly headers?: Record<string, string>, readonly body: string | Buffer }

/** A small real back end that speaks the wire contract over HTTP, with switches for what goes wrong. */
export interface Backend {
  readonly url: string
  readonly received: Received[]
  /** Requests of one path. */
  to(path: string): Received[]
  /** True: a login ends the sessions before it, and they answer 401 relogin. */
  single: boolean
  /** ms that a session lives. */
  life: number
  /** ms before each answer. */
  delay: (path: string) => number
  /** Members added to the answers of a login and of a phone number. */
  extra: object
  /** The next `times` requests of a path get this answer. `after` answers only after the real work. */
  answer(path: string, answer: Answer, times?: number): void
  /** Every session so far is dead, with this code. */
  kill(code?: 'session_expired' | 'session_revoked'): void
  /** Bodies held back at a path until released. */
  hold(path: string): { readonly waiting: () => number, readonly release: () => void }
  /** WebSockets at `/live` that were accepted, in order, each with the token that it was signed with. */
  readonly sockets: { readonly url: string, readonly token: string, readonly socket: WebSocket }[]
  /** Handshakes that were refused with 401. */
  refusedHandshakes: number
  /** Codes that were exchanged, in order. */
  readonly codes: string[]
  readonly tokens: string[]
  close(): Promise<void>
}

/** Exchanges codes at `app.wechat`, the emulator; `now` is the clock that sessions expire by. */
export async function startBackend(app: OwnApp, now: () => number): Promise<Backend> {
  const sessions = new Map<string, { uid: string, expiresAt: number, dead?: ErrorCode }>()
  const scripted = new Map<string, Answer[]>()
  const gates = new Map<string, (() => void)[]>()
  // The session_key of each user's last code, and no other: whatever was made with another one does not open.
  const sessionKeys = new Map<string, string>()

  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => { response.destroy(error as Error) })
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/'
    const path = url.split('?', 1)[0] ?? '/'
    const token = request.headers.authorization?.replace(/^Bearer /, '')
    const session = token === undefined ? undefined : sessions.get(token)
    let body = ''
    for await (const chunk of request) body += String(chunk)
    backend.received.push({ method: request.method ?? '', path, url, headers: request.headers, body, token, dead: session?.dead !== undefined })
    await sleep(backend.delay(path))
    await gateOf(path)
    const answer = scripted.get(path)?.shift()
    if (answer === 'hang') return
    if (answer === 'drop') return void request.socket.destroy()
    if (typeof answer === 'string') return problem(response, answer)
    if (answer !== undefined) return void response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body)
    if (path === '/v1/login') return login(body, response)
    if (path.startsWith('/public') && token === undefined) return json(response, 200, { public: true })
    if (session === undefined) return problem(response, token === undefined ? 'token_missing' : 'session_unknown')
    if (session.dead !== undefined) return problem(response, session.dead)
    if (session.expiresAt <= now()) return problem(response, 'session_expired')
    await own(path, token ?? '', session.uid, body, response)
  }

  const webSockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? ''
    const session = sessions.get(token)
    if (session === undefined || session.dead !== undefined || session.expiresAt <= now()) {
      backend.refusedHandshakes++
      return void socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n')
    }
    webSockets.handleUpgrade(request, socket, head, (accepted) => {
      backend.sockets.push({ url: request.url ?? '', token, socket: accepted })
      accepted.on('message', (data: Buffer, isBinary) => { accepted.send(data, { binary: isBinary }) })
    })
  })

  async function own(path: string, token: string, uid: string, body: string, response: ServerResponse): Promise<void> {
    if (path === '/v1/session') return json(response, 200, { uid })
    if (path === '/v1/tickets') return json(response, 200, { ticket: 'a/ticket', expiresAt: now() + 60_000 })
    if (path === '/v1/me/phone') {
      const phone = await openPhoneData(app, sessionKeys.get(uid) ?? '', body)
      return 'refused' in phone ? problem(response, phone.refused, { action: 'ask_user' }) : json(response, 200, { phone: { ...phone, verifiedAt: now() }, ...backend.extra })
    }
    if (path === '/v1/logout') {
      sessions.delete(token)
      return void response.writeHead(204).end()
    }
    const profile = { nickname: null, avatarUrl: null, source: 'user', updatedAt: now() }
    if (path === '/v1/me/avatar') return json(response, 200, { uid, createdAt: 0, profile: { ...profile, avatarUrl: `https://api.demo.test/v1/avatars/${sessions.size}` } })
    if (path === '/v1/me/profile') {
      const nickname = openProfile(sessionKeys.get(uid) ?? '', body)
      return nickname === undefined ? problem(response, 'encrypted_data_invalid') : json(response, 200, { uid, createdAt: 0, profile: { ...profile, nickname, source: 'wechat' } })
    }
    if (path === '/v1/me') return json(response, 200, { uid, createdAt: 0, profile: { ...profile, ...JSON.parse(body) as object } })
    json(response, 200, { uid, path })
  }

  async function login(body: string, response: ServerResponse): Promise<void> {
    const { appid, code } = JSON.parse(body) as { appid: string, code: string }
    backend.codes.push(code)
    const query = new URLSearchParams({ appid, secret: app.secret, js_code: code, grant_type: 'authorization_code' })
    const result = await (await fetch(`${app.wechat}/sns/jscode2session?${query.toString()}`)).json() as { openid?: string, session_key?: string, errcode?: number }
    if (result.openid === undefined) return problem(response, result.errcode === 40163 ? 'wx_code_used' : 'wx_code_invalid')
    if (backend.single) for (const session of sessions.values()) session.dead ??= 'session_expired'
    const token = `token-${sessions.size}-${Math.random().toString(36).slice(2)}`
    const uid = `u_${result.openid.slice(-8)}`
    const session = { uid, expiresAt: now() + backend.life }
    sessions.set(token, session)
    backend.tokens.push(token)
    const isNew = !sessionKeys.has(uid)
    sessionKeys.set(uid, result.session_key ?? '')
    json(response, 200, { token, issuedAt: now(), expiresAt: session.expiresAt, user: { uid, isNew }, ...backend.extra })
  }

  function gateOf(path: string): Promise<void> {
    const gate = gates.get(path)
    return gate === undefined ? Promise.resolve() : new Promise((resolve) => { gate.push(resolve) })
  }

  function json(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json', date: new Date(now()).toUTCString() }).end(JSON.stringify(body))
  }

  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const backend: Backend = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [], codes: [], tokens: [], sockets: [],
    refusedHandshakes: 0,
    single: false,
    life: 7 * 86_400_000,
    delay: () => 0,
    extra: {},
    to: (path) => backend.received.filter((request) => request.path === path),
    answer(path, answer, times = 1) {
      scripted.set(path, (scripted.get(path) ?? []).concat(Array.from({ length: times }, () => answer)))
    },
    kill(code = 'session_expired') {
      for (const session of sessions.values()) session.dead = code
    },
    hold(path) {
      const gate: (() => void)[] = []
      gates.set(path, gate)
      return {
        waiting: () => gate.length,
        release() {
          gates.delete(path)
          for (const open of gate) open()
        },
      }
    },
    close: () => new Promise((resolve) => {
      for (const { socket } of backend.sockets) socket.terminate()
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
  return backend
}

/** A problem document as the server would send it. */
export function problemBody(code: ErrorCode, change: object = {}): string {
  const { status, action, zh } = ERRORS[code]
  const body: Problem = { type: `urn:tongxing:error:${code}`, title: zh, status, code, action }
  return JSON.stringify({ ...body, ...change })
}

function problem(response: ServerResponse, code: ErrorCode, change: object = {}): void {
  response.writeHead(ERRORS[code].status, { 'content-type': 'application/problem+json' }).end(problemBody(code, change))
}

function sleep(ms: number): Promise<void> | undefined {
  return ms > 0 ? new Promise((resolve) => { setTimeout(resolve, ms) }) : undefined
}
