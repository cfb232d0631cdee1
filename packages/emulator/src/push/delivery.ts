import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Timekeeper } from '../clock.js'

/** What became of one HTTP request: an answer, or why there is none. */
export type Delivered = { readonly status: number, readonly body: string } | { readonly failure: string }

/** What is sent. */
export interface Parcel {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly type?: string
  readonly body?: string
  /** ms by the emulator's clock. */
  readonly timeoutMs: number
}

/** Sends requests to back ends. */
export interface Delivery {
  /** Never rejects. */
  send(parcel: Parcel): Promise<Delivered>
  /** Ends what is under way. */
  close(): void
}

const LONGEST_REPLY = 1024 * 1024

/** Nothing is under way at first. */
export function createDelivery(clock: Timekeeper): Delivery {
  const underWay = new Set<(why: string) => void>()
  return {
    send: (parcel) => new Promise((resolve) => {
      const { url, method, type, body, timeoutMs } = parcel
      const headers = { 'user-agent': 'Mozilla/4.0', ...type !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(body ?? '') } }
      const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, { method, headers, agent: false })
      const finish = (result: Delivered) => {
        cancel()
        underWay.delete(abort)
        resolve(result)
      }
      const abort = (why: string) => {
        finish({ failure: why })
        request.destroy()
      }
      const cancel = clock.after(timeoutMs, () => abort(`no answer within ${timeoutMs} ms`))
      underWay.add(abort)
      const fail = (error: Error) => finish({ failure: error.message })
      request.on('error', fail).on('response', (response) => {
        readReply(response).then((text) => finish({ status: response.statusCode ?? 0, body: text }), fail)
      }).end(body)
    }),
    close() {
      for (const abort of underWay) abort('the emulator was closed')
    },
  }
}

async function readReply(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LONGEST_REPLY) throw new Error(`the answer is longer than ${LONGEST_REPLY} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
