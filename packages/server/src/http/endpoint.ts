import type { Auth } from '../auth.js'

/** One endpoint: a request in, an answer or an AuthError out. */
export type Endpoint = (request: Request, auth: Auth) => Promise<Answer>

/** What an endpoint answers. */
export interface Answer {
  readonly status: number
  /** null for an empty body. */
  readonly json: object | null
  readonly headers?: Readonly<Record<string, string>>
}
