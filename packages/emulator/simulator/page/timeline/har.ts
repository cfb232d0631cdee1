import type { TrafficStep } from '#emulator'

/** Of HAR 1.2 what browsers' developer tools read. */
export interface Har {
  readonly log: { readonly version: '1.2', readonly creator: { readonly name: string, readonly version: string }, readonly entries: readonly HarEntry[] }
}

interface NameValue {
  readonly name: string
  readonly value: string
}

interface Content {
  readonly size: number
  readonly mimeType: string
  readonly text?: string
}

interface Message {
  readonly httpVersion: string
  readonly cookies: readonly []
  readonly headers: readonly NameValue[]
  /** Not known. */
  readonly headersSize: -1
  /** Bytes. */
  readonly bodySize: number
}

interface HarRequest extends Message {
  readonly method: string
  readonly url: string
  readonly queryString: readonly NameValue[]
  readonly postData?: { readonly mimeType: string, readonly text: string }
}

interface HarResponse extends Message {
  readonly status: number
  readonly statusText: string
  readonly content: Content
  readonly redirectURL: string
}

/** One HTTP exchange. */
export interface HarEntry {
  readonly startedDateTime: string
  /** ms. */
  readonly time: number
  readonly request: HarRequest
  readonly response: HarResponse
  readonly cache: object
  readonly timings: { readonly send: 0, readonly wait: number, readonly receive: 0 }
  readonly comment: string
}

const WECHAT = 'https://api.weixin.qq.com'
const JSON_TYPE = 'application/json'

type Detail = Readonly<Record<string, unknown>>
const record = (value: unknown): Detail => typeof value === 'object' && value !== null ? value as Detail : {}
const textOf = (body: unknown): string | undefined => body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
const sizeOf = (text: string | undefined): number => new TextEncoder().encode(text ?? '').length

/**
 * The HTTP exchanges of the traffic, masked as they are: phone ↔ server and server ↔ WeChat. Functions of `wx` are no HTTP and stay out.
 * An exchange without an answer has the status 0, as browsers write it.
 */
export function toHar(steps: readonly TrafficStep[]): Har {
  const answers = new Map(steps.flatMap((step) => step.kind === 'answer' && step.call !== undefined ? [[step.call, step] as const] : []))
  const entries = steps.flatMap((step) => {
    const [, method, address] = step.kind === 'call' ? /^([A-Z]+) (.+)$/.exec(step.name) ?? [] : []
    return method === undefined || address === undefined ? [] : [toEntry(step, method, address, answers.get(step.id))]
  })
  return { log: { version: '1.2', creator: { name: '@tongxing/emulator', version: '0.1.0' }, entries } }
}

function toEntry(call: TrafficStep, method: string, address: string, answer: TrafficStep | undefined): HarEntry {
  const sent = record(call.detail)
  const url = new URL(typeof sent['url'] === 'string' ? sent['url'] : address, WECHAT)
  const text = textOf(sent['body'])
  const time = answer === undefined ? 0 : answer.at - call.at
  return {
    startedDateTime: new Date(call.at).toISOString(), time,
    request: {
      method, url: url.href, httpVersion: 'HTTP/1.1', cookies: [], headers: toPairs(sent['header']), queryString: toPairs(Object.fromEntries(url.searchParams)),
      ...text !== undefined && { postData: { mimeType: JSON_TYPE, text } }, headersSize: -1, bodySize: sizeOf(text),
    },
    response: toResponse(answer),
    cache: {}, timings: { send: 0, wait: time, receive: 0 },
    comment: [call.from, call.to, call.person].filter((part) => part !== undefined).join(' '),
  }
}

function toResponse(answer: TrafficStep | undefined): HarResponse {
  const detail = record(answer?.detail)
  const http = detail['statusCode'] !== undefined
  const fault = record(detail['fault'])
  const dropped = answer === undefined || 'reason' in detail || (detail['fault'] !== undefined && fault['status'] === undefined)
  const status = dropped ? 0 : Number(http ? detail['statusCode'] : fault['status'] ?? 200)
  const text = dropped ? undefined : textOf(http ? detail['body'] : detail)
  const headers = toPairs(detail['header'])
  const mimeType = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? JSON_TYPE
  return {
    status, statusText: typeof detail['reason'] === 'string' ? detail['reason'] : '', httpVersion: 'HTTP/1.1', cookies: [], headers,
    content: { size: sizeOf(text), mimeType, ...text !== undefined && { text } }, redirectURL: '', headersSize: -1, bodySize: sizeOf(text),
  }
}

function toPairs(value: unknown): NameValue[] {
  return Object.entries(record(value)).map(([name, item]) => ({ name, value: textOf(item) ?? '' }))
}
