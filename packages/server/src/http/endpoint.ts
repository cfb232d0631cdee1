import type { Auth } from '../auth.js'

/** A request, whichever server it came through. */
export interface Call {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** Who the connection is from, as the server sees it; undefined when it does not tell. */
  readonly address: string | undefined
  /** A header by its lower-case name; several of one name are joined by commas. */
  header(name: string): string | undefined
  /** The body. Throws `body_too_large`. */
  bytes(most: number): Promise<Uint8Array>
}

/** What an endpoint answers. */
export interface Answer {
  readonly status: number
  /** null, or absent beside `bytes`, for no JSON. */
  readonly json?: object | null
  /** A body that is no JSON; its type stands in the headers. */
  readonly bytes?: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** One endpoint: a call in, an answer or an AuthError out. */
export type Endpoint = (call: Call, auth: Auth, parameters: Parameters) => Promise<Answer>

/** What stands in the places of a route's `{name}`s. */
export type Parameters = Readonly<Record<string, string>>
