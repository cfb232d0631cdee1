import { randomUUID } from 'node:crypto'
import { STATUS_CODES, createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ErrorCode } from '@tongxing/protocol'
import type { Auth } from '../auth.js'
import { AuthError } from '../errors.js'
import { createDispatch } from './dispatch.js'
import type { Dispatch, Reply } from './dispatch.js'
import type { Call } from './endpoint.js'
import { createLimits } from './limits.js'
import type { LimitOptions } from './limits.js'
import { problemOf } from './problem.js'
import type { ProblemReply } from './problem.js'
import { PUBLIC_ROUTES } from './routes.js'

/** Where the service listens. */
export interface ServeOptions extends LimitOptions {
  /** 0 = any free port. Default: 8080. */
  readonly port?: number
  /** Default: `127.0.0.1`. */
  readonly host?: string
  /**
   * How long, in ms, a kept connection may still bring a request when the service is closed: its answer tells the client to open no other.
   * Connections that bring none are cut then. Default: 500.
   */
  readonly idleGraceMs?: number
}

/** A running service. */
export interface Service {
  readonly url: string
  /** Takes no new connection, answers what kept ones still bring and lets what is under way finish (at most 10 s), then ends. The Auth stays open. */
  close(): Promise<void>
}

const LARGEST_HEADER_BYTES = 16 * 1024
const MOST_HEADERS = 200
const REQUEST_TIMEOUT_MS = 15_000
const DRAIN_MS = 10_000
const LINGER_MS = 1000

/** Serves every route over HTTP. Rejects with the system's error when the address cannot be taken, with ConfigError when an option is wrong. */
export async function serve(auth: Auth, { port = 8080, host = '127.0.0.1', idleGraceMs = 500, ...limits }: ServeOptions = {}): Promise<Service> {
  return listenWith(createDispatch(auth, PUBLIC_ROUTES, createLimits(auth, limits)), { port, host, idleGraceMs })
}

interface ListenOptions {
  readonly port: number
  readonly host: string
  readonly idleGraceMs: number
  /** How long a whole request may take to come in; its head, two thirds of that. A connection that stands still for six times as long is cut. */
  readonly requestTimeoutMs?: number
}

/** Serves one table of routes over HTTP. */
export async function listenWith(dispatch: Dispatch, { port, host, idleGraceMs, requestTimeoutMs = REQUEST_TIMEOUT_MS }: ListenOptions): Promise<Service> {
  let draining = false
  /** How many requests of a connection are under way. */
  const asked = new Map<Socket, number>()
  const server = createServer({
    maxHeaderSize: LARGEST_HEADER_BYTES,
    headersTimeout: requestTimeoutMs * 2 / 3,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: requestTimeoutMs / 15,
    requireHostHeader: false,
  }, (request, response) => {
    const refusal = refusalOf(request)
    if (refusal) return send(response, refused(refusal), true)
    const { socket } = request
    asked.set(socket, (asked.get(socket) ?? 0) + 1)
    dispatch(callOf(request)).then((reply) => {
      send(response, reply, draining || !request.complete)
      answered(asked, socket)
    }, () => {
      response.destroy()
      answered(asked, socket)
    })
  })
  // Who takes no byte of his answer for so long never will, and holds all of it in memory: longer than any call to WeChat may last.
  server.setTimeout(requestTimeoutMs * 6)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => answerBroken(socket as Socket, new AuthError(codeOfBroken(error))))
  server.on('connect', (_request, socket: Duplex) => answerBroken(socket as Socket, new AuthError('method_not_allowed', { allow: [] })))
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      asked.delete(socket)
    })
  })
  server.on('checkExpectation', (_request, response: ServerResponse) => send(response, refused(new AuthError('bad_request')), true))
  await listen(server, port, host)
  return {
    url: urlOf(server),
    async close() {
      draining = true
      await drain(server, sockets, asked, idleGraceMs)
    },
  }
}

function callOf(request: IncomingMessage): Call {
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    address: request.socket.remoteAddress,
    header: (name) => request.headers[name] as string | undefined,
    bytes: (most) => readAtMost(request, most),
  }
}

function readAtMost(request: IncomingMessage, most: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const tooLarge = (): void => reject(new AuthError('body_too_large', { detail: `At most ${most} bytes.` }))
    if (Number(request.headers['content-length'] ?? 0) > most) return tooLarge()
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= most) chunks.push(chunk)
      else tooLarge()
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', () => reject(new AuthError('bad_request', { detail: 'The connection broke off within the body.' })))
  })
}

// What Node's parser accepts and this service does not.
function refusalOf({ rawHeaders, method }: IncomingMessage): AuthError | null {
  if (rawHeaders.length > 2 * MOST_HEADERS) return new AuthError('headers_too_large')
  if (method === 'TRACE') return new AuthError('method_not_allowed', { allow: [] })
  if (countOf(rawHeaders, 'host') !== 1) return new AuthError('bad_request', { detail: 'One Host header.' })
  if (countOf(rawHeaders, 'authorization') > 1) return new AuthError('token_malformed')
  return null
}

// `request.headers` shows the first of several only; the length sorts most of them out before any text is compared.
function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i]!
    if (header.length === name.length && header.toLowerCase() === name) count++
  }
  return count
}

function refused(error: AuthError): ProblemReply {
  return problemOf(error, randomUUID(), undefined)
}

// `last` closes the connection: a body that was not read to its end would be taken for the next request.
function send(response: ServerResponse, { status, headers, body }: Reply, last: boolean): void {
  const length = status !== 204 && { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, Object.assign({}, headers, length, last && { connection: 'close' })).end(body)
}

function codeOfBroken({ code }: NodeJS.ErrnoException): ErrorCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large'
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timeout' : 'bad_request'
}

// No response object exists for these: the answer is written by hand, in the same form.
function answerBroken(socket: Socket, error: AuthError): void {
  // Node takes its own listener off before it hands the socket of a CONNECT over: without one a reset by the peer would end the process.
  socket.on('error', () => socket.destroy())
  if (!socket.writable) return void socket.destroy()
  const { status, headers, body } = refused(error)
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' }).map(([name, value]) => `${name}: ${value}`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
  // `end` closes our half only; a peer that keeps its half open would keep the descriptor.
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

function answered(asked: Map<Socket, number>, socket: Socket): void {
  const left = (asked.get(socket) ?? 1) - 1
  if (left === 0) asked.delete(socket)
  else asked.set(socket, left)
}

// Also sockets that the HTTP server does not count: those of a CONNECT, and those that never sent a byte.
function drain(server: Server, sockets: ReadonlySet<Socket>, asked: ReadonlyMap<Socket, number>, idleGraceMs: number): Promise<void> {
  return new Promise((resolve) => {
    // The HTTP server's own closeIdleConnections() would cut the answers that are still on their way to slow readers.
    const cutIdle = (): void => sockets.forEach((socket) => { if (!asked.has(socket)) socket.destroySoon() })
    // Immediate: after a process that stood still, what came meanwhile is read first.
    const grace = setTimeout(() => setImmediate(cutIdle), idleGraceMs)
    const late = setTimeout(() => sockets.forEach((socket) => socket.destroy()), DRAIN_MS)
    // Nor its own close(): it cuts all idle connections at once, and resets the requests that are on their way over them.
    NetServer.prototype.close.call(server, () => {
      clearTimeout(grace)
      clearTimeout(late)
      server.close() // ends its timer
      resolve()
    })
  })
}
