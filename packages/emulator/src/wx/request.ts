import type { FaultRule } from '../fault-rule.js'
import { maskBody } from '../masking.js'
import type { Settle, WxCallbacks, WxResult } from './callback.js'
import type { DeviceContext } from './device-context.js'
import { createListeners } from './listeners.js'
import { carry, headersOf, startTask, toArrayBuffer, urlOf } from './network-task.js'
import type { ResponseHead } from './network-task.js'
import { addQuery, serialise } from './request-body.js'
import type { Outgoing } from './request-transfer.js'

/** Options of wx.request. */
export interface RequestOptions extends WxCallbacks<RequestResult> {
  url: string
  data?: unknown
  /** `Referer` cannot be set. `content-type` is `application/json` by default. */
  header?: object | undefined
  /** ms. Default: 60 000. */
  timeout?: number | undefined
  /** Default: GET. There is no PATCH. */
  method?: string | undefined
  /** `json` (default): parsed if it can be. */
  dataType?: string | undefined
  responseType?: string | undefined
  enableChunked?: boolean | undefined
  redirect?: 'follow' | 'manual' | undefined
}

/** What wx.request gives for any HTTP status. */
export interface RequestResult extends WxResult, ResponseHead {
  readonly data: unknown
}

/** The first part of an answer. */
export type HeadersReceived = ResponseHead

/** What wx.request returns: never a promise. */
export interface RequestTask {
  abort(): void
  onHeadersReceived(listener: (result: HeadersReceived) => void): void
  offHeadersReceived(listener?: (result: HeadersReceived) => void): void
  /** With `enableChunked`. */
  onChunkReceived(listener: (result: { readonly data: ArrayBuffer }) => void): void
  offChunkReceived(listener?: (result: { readonly data: ArrayBuffer }) => void): void
}

/** wx.request. */
export interface RequestApis {
  request(options: RequestOptions): RequestTask
}

const METHODS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT']

type Answer = Omit<RequestResult, 'errMsg'>

interface Events {
  readonly headers: (head: HeadersReceived) => void
  readonly chunk: (result: { readonly data: ArrayBuffer }) => void
}

/** request of one device. */
export function createRequest(device: DeviceContext): RequestApis {
  return {
    request(options) {
      const headers = createListeners<HeadersReceived>()
      const chunks = createListeners<{ readonly data: ArrayBuffer }>()
      const settle = startTask<Answer>('request', options, device, (settle, fault) => send(options, device, { headers: headers.tell, chunk: chunks.tell }, settle, fault))
      return {
        abort: () => settle.fail('abort'),
        onHeadersReceived: headers.on, offHeadersReceived: headers.off,
        onChunkReceived: chunks.on, offChunkReceived: chunks.off,
      }
    },
  }
}

function send(options: RequestOptions, device: DeviceContext, events: Events, settle: Settle<Answer>, fault: FaultRule | undefined): () => void {
  const outgoing = prepare(options, device)
  if (outgoing === undefined) {
    settle.fail('method is invalid')
    return () => undefined
  }
  const shown = typeof outgoing.body === 'object' ? `(${outgoing.body.length} bytes)` : maskBody(outgoing.body)
  return carry({ outgoing, shown, settle, fault }, device, {
    head: events.headers,
    chunk(bytes) {
      if (options.enableChunked === true) events.chunk({ data: toArrayBuffer(bytes) })
    },
    done(head, bytes) {
      settle.ok({ ...head, data: readData(bytes, options) })
      return maskBody(bytes.toString('utf8'))
    },
  })
}

/** What wx.request sends. Undefined for a method that WeChat does not know; throws TypeError when `url` is no text. */
export function prepare(options: RequestOptions, device: DeviceContext): Outgoing | undefined {
  const address = urlOf(options.url)
  const method = (options.method ?? 'GET').toUpperCase()
  if (!METHODS.includes(method)) return undefined
  const headers = headersOf(options.header, { 'content-type': 'application/json' }, device)
  const { query, body } = serialise(options.data, method, headers['content-type'] ?? '')
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body))
  const url = query === undefined || query === '' ? address : addQuery(address, query)
  return { url, method, headers, body, redirect: options.redirect ?? 'follow', domains: device.domains.request }
}

/** The body as `dataType` and `responseType` want it. */
export function readData(bytes: Buffer, { dataType = 'json', responseType = 'text' }: Pick<RequestOptions, 'dataType' | 'responseType'>): unknown {
  if (responseType === 'arraybuffer') return toArrayBuffer(bytes)
  const text = bytes.toString('utf8')
  if (dataType !== 'json') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
