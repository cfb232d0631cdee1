import type { Wechat } from '../wechat.js'
import type { ApiAnswer } from './answer.js'

/** A call of WeChat's server API, as its handler sees it. */
export interface ApiCall {
  readonly query: URLSearchParams
  /** Members of the body; none when there was no body. */
  readonly body: Readonly<Record<string, unknown>>
  /** The app whose access_token came; empty where none is asked for. */
  readonly appid: string
  /** The caller's address. */
  readonly ip: string
}

/** One path of WeChat's server API. */
export interface Endpoint {
  readonly methods: readonly ('GET' | 'POST')[]
  /** True: an access_token must come, and quotas count. */
  readonly token?: boolean
  /** What a POST must carry; absent: nothing. `json_or_form` takes `a=b` too. */
  readonly body?: 'json' | 'json_or_form'
  /** Errcode of a body that is empty or does not parse. Default: 44002 and 47001. */
  readonly badBody?: number
  /** Errcode of too many calls in a minute. Default: 45011. */
  readonly tooFast?: number
  readonly handle: (call: ApiCall, wechat: Wechat) => ApiAnswer
}

/** A parameter that stands in the query or, as other pages of the docs have it, in the body. Empty when it is in neither. */
export function parameter({ query, body }: ApiCall, name: string): string {
  const inBody = body[name]
  return query.get(name) ?? (typeof inBody === 'string' ? inBody : '')
}

/** A text of the body; empty when it is missing or no text. */
export function textOf({ body }: ApiCall, name: string): string {
  const value = body[name]
  return typeof value === 'string' ? value : ''
}
