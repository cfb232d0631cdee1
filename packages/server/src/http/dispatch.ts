import { randomUUID } from 'node:crypto'
import { ERRORS } from '@tongxing/protocol'
import type { Auth } from '../auth.js'
import { AuthError, isAuthError } from '../errors.js'
import type { Answer, Call } from './endpoint.js'
import { SAFE_HEADERS, problemOf } from './problem.js'
import { createRouter } from './router.js'
import type { Match, Route } from './router.js'

/** An answer as it goes over the wire. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** '' for an empty body. */
  readonly body: string | Uint8Array
}

/** Answers a call: the endpoint's answer, or the problem document of what was thrown. Never rejects. */
export type Dispatch = (call: Call) => Promise<Reply>

/** Looks at calls before and after their endpoints. */
export interface Guard {
  /** May throw to refuse the call. */
  before(route: Route, call: Call): void | Promise<void>
  after(call: Call, status: number): void
}

const LONGEST_URL = 4096
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }
/** What a request counts as that found no route. */
const NO_ROUTE = 'none'

/** Serves a table of routes over an {@link Auth}. */
export function createDispatch(auth: Auth, routes: readonly Route[], guard?: Guard): Dispatch {
  const find = createRouter(routes)

  async function reply(call: Call, requestId: string, match: () => Match): Promise<Reply> {
    try {
      const { route, parameters } = match()
      await guard?.before(route, call)
      return replyOf(await route.endpoint(call, auth, parameters), requestId)
    } catch (thrown) {
      // A code that this version does not know comes from another copy of the package: no row of the table, no answer of its own.
      const error = isAuthError(thrown) && thrown.code in ERRORS ? thrown : new AuthError('internal', { cause: thrown })
      report(auth, error, requestId)
      return problemOf(error, requestId, call.header('accept-language'))
    }
  }

  return async (call) => {
    const startedAt = performance.now()
    let path = NO_ROUTE
    const answered = await reply(call, randomUUID(), () => {
      const match = matchOf(find, call)
      path = match.route.path
      return match
    })
    guard?.after(call, answered.status)
    auth.metrics.request(methodOf(call), path, answered.status, performance.now() - startedAt)
    return answered
  }
}

const KNOWN_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE'])

// A label must not take whatever a client sends.
const methodOf = ({ method }: Call): string => (KNOWN_METHODS.has(method) ? method : 'other')

function matchOf(find: ReturnType<typeof createRouter>, { url, method }: Call): Match {
  if (url.length > LONGEST_URL) throw new AuthError('uri_too_long')
  const query = url.indexOf('?')
  return find(method === 'HEAD' ? 'GET' : method, query < 0 ? url : url.slice(0, query))
}

function replyOf({ status, json = null, bytes, headers }: Answer, requestId: string): Reply {
  // Object.assign, for every request passes here: V8 takes microseconds to spread into a literal, and fractions of one to assign.
  return {
    status,
    headers: Object.assign({ 'x-request-id': requestId }, SAFE_HEADERS, json !== null && JSON_TYPE, headers),
    body: bytes ?? (json === null ? '' : JSON.stringify(json)),
  }
}

function report({ log, metrics }: Auth, { code, status, message, wechat, cause }: AuthError, requestId: string): void {
  metrics.error(code)
  const fields = { request_id: requestId, code, status, ...(wechat && { wechat }), ...(cause !== undefined && { err: cause }) }
  if (status >= 500) log.error(fields, message)
  else log.debug(fields, message)
}
