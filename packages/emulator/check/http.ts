import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { SecureContext } from 'node:tls'

/** A request as it goes out; nothing is added but Host and the length. */
export interface OutgoingRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** What is trusted in place of the system's authorities. */
  readonly secureContext?: SecureContext
  /** ms after which it is given up. */
  readonly timeoutMs: number
}

/** What came back. */
export interface IncomingAnswer {
  /** 0 when there was no answer; `lost` tells why. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** `timeout`, or the code of the connection's error. */
  readonly lost?: string
  /** The system's words about `lost`. */
  readonly detail?: string
}

/** Sends one request over a connection of its own. Never rejects: a lost connection is an answer too. */
export function exchange({ method, url, headers, body, timeoutMs, secureContext }: OutgoingRequest): Promise<IncomingAnswer> {
  return new Promise((resolve) => {
    const lose = ({ code, message }: NodeJS.ErrnoException) => resolve({ status: 0, headers: {}, text: '', lost: code ?? message, detail: message })
    const send = url.startsWith('https:') ? requestHttps : requestHttp
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const trust = secureContext === undefined ? {} : { secureContext }
    const request = send(url, { method, headers: { ...headers, ...length }, agent: false, ...trust }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', lose)
      response.on('end', () => {
        const flat = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(flat) as Record<string, string>, text: Buffer.concat(chunks).toString() })
      })
    })
    const timer = setTimeout(() => request.destroy(Object.assign(new Error('timeout'), { code: 'timeout' })), timeoutMs)
    request.on('error', lose)
    request.on('close', () => clearTimeout(timer))
    request.end(body)
  })
}
