import { request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { findAddress } from './request-address.js'
import type { DeviceContext } from './device-context.js'

/** A request, ready to go. */
export interface Outgoing {
  readonly url: string
  readonly method: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer | undefined
  readonly redirect: 'follow' | 'manual'
  /** Public origin → the address where it really is. */
  readonly domains: Readonly<Record<string, string>>
}

/** The head of an answer. */
export type AnswerHead = Pick<IncomingMessage, 'statusCode' | 'rawHeaders' | 'headers'>

/** What a transfer needs of its device. */
export type TransferDevice = Pick<DeviceContext, 'checkDomains' | 'agents'>

/** What a transfer tells; exactly one of done and failed, at most once. */
export interface TransferEvents {
  headers(response: AnswerHead): void
  /** `head` is that of `headers`. */
  chunk(bytes: Buffer, head: AnswerHead): void
  /** So many bytes of the body are on their way. */
  sent(bytes: number, total: number): void
  done(response: AnswerHead, body: Buffer): void
  /** `reason` as WeChat words it. */
  failed(reason: string, errno: number): void
}

const MOST_REDIRECTS = 5

/** WeChat's words for a connection that was cut. */
export const CONNECTION_RESET = '-101:net::ERR_CONNECTION_RESET'

const NETWORK_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: '-102:net::ERR_CONNECTION_REFUSED',
  ECONNRESET: CONNECTION_RESET,
  EPIPE: CONNECTION_RESET,
  ETIMEDOUT: '-118:net::ERR_CONNECTION_TIMED_OUT',
  ENOTFOUND: '-105:net::ERR_NAME_NOT_RESOLVED',
  EAI_AGAIN: '-105:net::ERR_NAME_NOT_RESOLVED',
  EHOSTUNREACH: '-109:net::ERR_ADDRESS_UNREACHABLE',
}

/** Carries a request to where its domain is mapped. Returns how to stop it; after that no event comes. */
export function transfer(outgoing: Outgoing, device: TransferDevice, events: TransferEvents, redirects = 0): () => void {
  const address = findAddress(outgoing.url, outgoing.domains, device.checkDomains)
  if ('reason' in address) {
    events.failed(address.reason, address.errno)
    return () => undefined
  }
  let over = false
  // Destroying a request whose answer has been read would cost the connection, which is kept for the next one.
  let stop = () => {
    if (!over) request?.destroy()
    over = true
  }
  const end = (tell: () => void) => {
    if (over) return
    over = true
    tell()
  }
  const request = open(address.url, outgoing, device)
  if (request === undefined) {
    events.failed('-4:net::ERR_INVALID_ARGUMENT', 600001)
    return () => undefined
  }
  const fail = (error: Error) => end(() => events.failed(reasonOf(error), 600001))
  // Tunnels and protocol changes: nothing a mini program could use comes of them.
  const refuse = (_response: IncomingMessage, socket: { destroy(): void }) => {
    socket.destroy()
    fail(new Error('not an HTTP answer'))
  }
  request.on('error', fail).on('connect', refuse).on('upgrade', refuse)
  request.on('response', (response) => {
    const next = redirects < MOST_REDIRECTS ? redirectOf(outgoing, response) : undefined
    if (next === 'invalid') {
      response.resume()
      return end(() => events.failed('-300:net::ERR_INVALID_URL', 600001))
    }
    if (next !== undefined) {
      over = true
      response.resume()
      stop = transfer(next, device, events, redirects + 1)
      return
    }
    receive(response, events, (body) => end(() => events.done(response, body)))
    response.on('error', fail)
  })
  if (outgoing.body === undefined) request.end()
  else sendBody(request, outgoing.body, (bytes, total) => { if (!over) events.sent(bytes, total) })
  return () => stop()
}

/** Bytes between two reports of how far a body is. */
const PIECE = 64 * 1024

function sendBody(request: ClientRequest, body: string | Buffer, sent: TransferEvents['sent']): void {
  const bytes = Buffer.from(body)
  const sendFrom = (at: number): void => {
    const next = Math.min(at + PIECE, bytes.length)
    request.write(bytes.subarray(at, next), (error) => {
      if (error !== undefined && error !== null) return
      sent(next, bytes.length)
      if (next < bytes.length) sendFrom(next)
    })
    if (next >= bytes.length) request.end()
  }
  sendFrom(0)
}

/** Undefined when a header cannot be sent: a name with a blank, a value beyond Latin-1. */
function open(url: URL, { method, headers }: Outgoing, { agents }: Pick<DeviceContext, 'agents'>): ClientRequest | undefined {
  const [send, agent] = url.protocol === 'https:' ? [httpsRequest, agents.https] as const : [httpRequest, agents.http] as const
  try {
    return send(url, { method, headers, agent })
  } catch {
    return undefined
  }
}

function receive(response: IncomingMessage, events: TransferEvents, done: (body: Buffer) => void): void {
  events.headers(response)
  const chunks: Buffer[] = []
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    events.chunk(chunk, response)
  })
  response.on('end', () => done(Buffer.concat(chunks)))
}

function redirectOf(outgoing: Outgoing, response: IncomingMessage): Outgoing | 'invalid' | undefined {
  const { statusCode = 0, headers: { location } } = response
  if (outgoing.redirect === 'manual' || location === undefined || ![301, 302, 303, 307, 308].includes(statusCode)) return undefined
  if (!URL.canParse(location, outgoing.url)) return 'invalid'
  const url = new URL(location, outgoing.url).href
  if (statusCode >= 307 || outgoing.method === 'GET' || outgoing.method === 'HEAD') return { ...outgoing, url }
  const headers = Object.fromEntries(Object.entries(outgoing.headers).filter(([name]) => name !== 'content-length'))
  return { ...outgoing, url, method: 'GET', headers, body: undefined }
}

/** What WeChat says of a connection that failed. */
export function reasonOf(error: Error): string {
  return NETWORK_ERRORS['code' in error ? String(error.code) : ''] ?? '-2:net::ERR_FAILED'
}
