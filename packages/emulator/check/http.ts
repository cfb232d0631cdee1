import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** A request as it goes out; nothing is added but Host and the length. */
export interface OutgoingRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer
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
}

/** Sends one request over a connection of its own. Never rejects: a lost connection is an answer too. */
export function exchange({ method, url, headers, body, timeoutMs }: OutgoingRequest): Promise<IncomingAnswer> {
  return new Promise((resolve) => {
    const lose = (why: string) => resolve({ status: 0, headers: {}, text: '', lost: why })
    const send = url.startsWith('https:') ? requestHttps : requestHttp
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const request = send(url, { method, headers: { ...headers, ...length }, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', (error: NodeJS.ErrnoException) => lose(error.code ?? error.message))
      response.on('end', () => {
        const flat = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(flat) as Record<string, string>, text: Buffer.concat(chunks).toString() })
        clearTimeout(timer)
      })
    })
    const timer = setTimeout(() => request.destroy(Object.assign(new Error('timeout'), { code: 'timeout' })), timeoutMs)
    request.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      lose(error.code ?? error.message)
    })
    request.end(body)
  })
}
