import type { FaultRule } from '../fault-rule.js'
import { maskUrl } from '../masking.js'
import { timeoutOf } from './callback.js'
import type { Settle, WxCallbacks, WxResult } from './callback.js'
import type { DeviceContext } from './device-context.js'
import { transferFaulty } from './request-faults.js'
import type { AnswerHead, Outgoing } from './request-transfer.js'

/** Network calls that share the ten slots. */
export type SlottedApi = 'request' | 'uploadFile' | 'downloadFile'

/** The first part of an answer. */
export interface ResponseHead {
  readonly statusCode: number
  /** Names as the server wrote them; platforms differ, so look them up in any case. */
  readonly header: Readonly<Record<string, string>>
  readonly cookies: string[]
}

/** What comes of a request on its way. */
export interface CarryEvents {
  head(head: ResponseHead): void
  /** `length`: bytes of the whole body; 0 when the server does not tell. */
  chunk?(bytes: Buffer, length: number): void
  /** Bytes of the body that are on their way, and how many there are. */
  sent?(bytes: number, total: number): void
  /** Returns what the timeline shows of the body. */
  done(head: ResponseHead, body: Buffer): unknown
}

/** ms, unless the call or app.json says otherwise. */
const DEFAULT_TIMEOUT = 60_000

/** Starts a network call when a slot is free; what `work` throws is a bad parameter. */
export function startTask<Result extends object>(
  api: SlottedApi, options: WxCallbacks<Result & WxResult> & { timeout?: number | undefined }, device: DeviceContext, work: (settle: Settle<Result>, fault: FaultRule | undefined) => () => void,
): Settle<Result> {
  const timeout = timeoutOf(options.timeout) ?? timeoutOf(device.networkTimeout[api]) ?? DEFAULT_TIMEOUT
  return device.caller.start<Result>(api, options, timeout, (settle, fault) => device.slots.enter(() => {
    try {
      return work(settle, fault)
    } catch (error) {
      // A header, an address or a body that cannot be sent: WeChat fails the call, it does not throw.
      settle.fail(`invalid parameter: ${error instanceof Error ? error.message : String(error)}`)
      return () => undefined
    }
  }))
}

/** A request on its way. */
export interface Carried<Result> {
  readonly outgoing: Outgoing
  /** Stands for the body in the traffic. */
  readonly shown: unknown
  readonly settle: Settle<Result>
  readonly fault: FaultRule | undefined
}

/** Carries a request to where its domain is mapped and notes both ways in the traffic. Returns how to stop it. */
export function carry<Result>({ outgoing, shown, settle, fault }: Carried<Result>, device: DeviceContext, events: CarryEvents): () => void {
  const answered = device.wechat.traffic.note({
    from: 'phone', to: 'server', name: `${outgoing.method} ${outgoing.url.split('?', 1)[0]}`, ...device.user,
    detail: { url: maskUrl(outgoing.url), header: outgoing.headers, body: shown },
  })
  return transferFaulty(outgoing, device, {
    headers: (response) => device.caller.tell(() => events.head(headOf(response))),
    chunk: (bytes, { headers }) => device.caller.tell(() => events.chunk?.(bytes, Number(headers['content-length'] ?? 0))),
    sent: (bytes, total) => device.caller.tell(() => events.sent?.(bytes, total)),
    done(response, bytes) {
      const head = headOf(response)
      answered(head.statusCode < 400, { ...head, body: events.done(head, bytes) })
    },
    failed(reason, errno) {
      answered(false, { reason, errno })
      settle.fail(reason, errno)
    },
  }, fault)
}

/** The header of a request: names in lower case, WeChat's Referer whatever the program says. */
export function headersOf(header: object | undefined, own: Readonly<Record<string, string>>, { user, envVersion }: DeviceContext): Record<string, string> {
  const headers: Record<string, string> = { ...own }
  for (const [name, value] of Object.entries(header ?? {})) headers[name.toLowerCase()] = String(value)
  headers['referer'] = `https://servicewechat.com/${user.appid}/${envVersion === 'release' ? '1' : '0'}/page-frame.html`
  return headers
}

/** `url` as a text. Throws TypeError when it is none. */
export function urlOf(url: unknown): string {
  if (typeof url === 'string') return url
  throw new TypeError('parameter.url should be String')
}

function headOf(response: AnswerHead): ResponseHead {
  return { statusCode: response.statusCode ?? 0, header: headerOf(response), cookies: response.headers['set-cookie'] ?? [] }
}

/** The header of an answer as a program gets it: repeated names joined. */
export function headerOf({ rawHeaders }: AnswerHead): Record<string, string> {
  const header: Record<string, string> = {}
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2)
    header[name] = header[name] === undefined ? value : `${header[name]},${value}`
  }
  return header
}

/** The bytes alone, without the pool behind a Buffer. */
export function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
