import type { FaultRule } from '../fault-rule.js'
import { maskBody, maskUrl } from '../masking.js'
import { timeoutOf } from './callback.js'
import type { WxCallbacks, WxResult, Settle } from './callback.js'
import type { DeviceContext } from './device-context.js'
import { addQuery, serialise } from './request-body.js'
import { transferFaulty } from './request-faults.js'
import type { AnswerHead, Outgoing } from './request-transfer.js'

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
export interface RequestResult extends WxResult {
  readonly data: unknown
  readonly statusCode: number
  /** Names as the server wrote them; platforms differ, so look them up in any case. */
  readonly header: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
}

/** The first part of an answer. */
export type HeadersReceived = Pick<RequestResult, 'statusCode' | 'header' | 'cookies'>

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
const DEFAULT_TIMEOUT = 60_000
const MOST_AT_ONCE = 10

interface Listeners {
  readonly headers: Set<(result: HeadersReceived) => void>
  readonly chunks: Set<(result: { readonly data: ArrayBuffer }) => void>
}

/** request of one device: at most 10 at once, the rest wait in line. */
export function createRequest(device: DeviceContext): RequestApis {
  const slots = createSlots()
  return {
    request(options) {
      const listeners: Listeners = { headers: new Set(), chunks: new Set() }
      const settle = device.caller.start<Omit<RequestResult, 'errMsg'>>('request', options, timeoutOf(options.timeout) ?? DEFAULT_TIMEOUT, (settle, fault) => {
        return slots.enter(() => {
          try {
            return send(options, device, listeners, settle, fault)
          } catch (error) {
            // A header, an address or a body that cannot be sent: WeChat fails the call, it does not throw.
            settle.fail(`invalid parameter: ${error instanceof Error ? error.message : String(error)}`)
            return () => undefined
          }
        })
      })
      return {
        abort: () => settle.fail('abort'),
        onHeadersReceived: (listener) => { listeners.headers.add(listener) },
        offHeadersReceived: (listener) => { remove(listeners.headers, listener) },
        onChunkReceived: (listener) => { listeners.chunks.add(listener) },
        offChunkReceived: (listener) => { remove(listeners.chunks, listener) },
      }
    },
  }
}

function remove<Listener>(listeners: Set<Listener>, listener: Listener | undefined): void {
  if (listener === undefined) listeners.clear()
  else listeners.delete(listener)
}

function createSlots() {
  let busy = 0
  const queue = new Set<() => void>()

  function next(): void {
    if (busy >= MOST_AT_ONCE) return
    for (const start of queue) {
      queue.delete(start)
      start()
      return
    }
  }

  return {
    /** Runs `work` when a slot is free; the returned function stops it and frees the slot. */
    enter(work: () => () => void): () => void {
      let stop: (() => void) | undefined
      const start = () => {
        busy++
        stop = work()
      }
      const free = () => {
        busy--
        next()
      }
      queue.add(start)
      next()
      return () => {
        if (queue.delete(start)) return
        stop?.()
        free()
      }
    },
  }
}

function send(options: RequestOptions, device: DeviceContext, listeners: Listeners, settle: Settle<Omit<RequestResult, 'errMsg'>>, fault: FaultRule | undefined): () => void {
  const outgoing = prepare(options, device)
  if (outgoing === undefined) {
    settle.fail('method is invalid')
    return () => undefined
  }
  const body = typeof outgoing.body === 'object' ? `(${outgoing.body.length} bytes)` : maskBody(outgoing.body)
  const answered = device.wechat.traffic.note({
    from: 'phone', to: 'server', name: `${outgoing.method} ${outgoing.url.split('?', 1)[0]}`, ...device.user,
    detail: { url: maskUrl(outgoing.url), header: outgoing.headers, body },
  })
  return transferFaulty(outgoing, device, {
    headers(response) {
      const { statusCode, header, cookies } = headOf(response)
      for (const listener of listeners.headers) listener({ statusCode, header, cookies })
    },
    chunk(bytes) {
      if (options.enableChunked === true) listeners.chunks.forEach((listener) => listener({ data: toArrayBuffer(bytes) }))
    },
    done(response, bytes) {
      const head = headOf(response)
      answered(head.statusCode < 400, { ...head, body: maskBody(bytes.toString('utf8')) })
      settle.ok({ ...head, data: readData(bytes, options) })
    },
    failed(reason, errno) {
      answered(false, { reason, errno })
      settle.fail(reason, errno)
    },
  }, fault)
}

function prepare(options: RequestOptions, { user, envVersion }: DeviceContext): Outgoing | undefined {
  const address: unknown = options.url
  if (typeof address !== 'string') throw new TypeError('parameter.url should be String')
  const method = (options.method ?? 'GET').toUpperCase()
  if (!METHODS.includes(method)) return undefined
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  for (const [name, value] of Object.entries(options.header ?? {})) headers[name.toLowerCase()] = String(value)
  headers['referer'] = `https://servicewechat.com/${user.appid}/${envVersion === 'release' ? '1' : '0'}/page-frame.html`
  const { query, body } = serialise(options.data, method, headers['content-type'] ?? '')
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body))
  const url = query === undefined || query === '' ? address : addQuery(address, query)
  return { url, method, headers, body, redirect: options.redirect ?? 'follow' }
}

function headOf(response: AnswerHead): HeadersReceived {
  const header: Record<string, string> = {}
  const { rawHeaders } = response
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2)
    header[name] = header[name] === undefined ? value : `${header[name]},${value}`
  }
  return { statusCode: response.statusCode ?? 0, header, cookies: response.headers['set-cookie'] ?? [] }
}

function readData(bytes: Buffer, { dataType = 'json', responseType = 'text' }: RequestOptions): unknown {
  if (responseType === 'arraybuffer') return toArrayBuffer(bytes)
  const text = bytes.toString('utf8')
  if (dataType !== 'json') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
