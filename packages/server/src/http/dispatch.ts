import { randomUUID } from 'node:crypto'
import { ROUTES } from '@tongxing/protocol'
import type { Auth } from '../auth.js'
import { AuthError, isAuthError } from '../errors.js'
import type { Call, Endpoint } from './endpoint.js'
import { getHealthz } from './healthz.js'
import { SAFE_HEADERS, problemOf } from './problem.js'
import { postLogin } from './v1-login.js'
import { postLogout } from './v1-logout.js'
import { getMe, putMe } from './v1-me.js'
import { postProfile } from './v1-me-profile.js'
import { getSession } from './v1-session.js'

/** An answer as it goes over the wire. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** '' for an empty body. */
  readonly body: string
}

interface Route {
  readonly method: string
  readonly path: string
  readonly endpoint: Endpoint
}

const TABLE: readonly Route[] = [
  { ...ROUTES.login, endpoint: postLogin },
  { ...ROUTES.logout, endpoint: postLogout },
  { ...ROUTES.session, endpoint: getSession },
  { ...ROUTES.me, endpoint: getMe },
  { ...ROUTES.updateMe, endpoint: putMe },
  { ...ROUTES.profile, endpoint: postProfile },
  { method: 'GET', path: '/healthz', endpoint: getHealthz },
]

const LONGEST_URL = 4096
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

/** Answers a call: the endpoint's answer, or the problem document of what it threw. Never rejects. */
export async function dispatch(call: Call, auth: Auth): Promise<Reply> {
  const requestId = randomUUID()
  try {
    const { status, json, headers } = await endpointOf(call)(call, auth)
    if (json === null) return { status, headers: { ...SAFE_HEADERS, 'x-request-id': requestId, ...headers }, body: '' }
    return { status, headers: { ...SAFE_HEADERS, ...JSON_TYPE, 'x-request-id': requestId, ...headers }, body: JSON.stringify(json) }
  } catch (thrown) {
    const error = isAuthError(thrown) ? thrown : new AuthError('internal', { cause: thrown })
    report(auth, error, requestId)
    return problemOf(error, requestId, call.header('accept-language'))
  }
}

// A known path with another method is 405 with the methods it has (RFC 9110, 15.5.6); the rest is 404.
function endpointOf({ method, url }: Call): Endpoint {
  if (url.length > LONGEST_URL) throw new AuthError('uri_too_long')
  const query = url.indexOf('?')
  const path = query < 0 ? url : url.slice(0, query)
  const routes = TABLE.filter((candidate) => candidate.path === path)
  if (routes.length === 0) throw new AuthError('not_found')
  const wanted = method === 'HEAD' ? 'GET' : method
  const route = routes.find((candidate) => candidate.method === wanted)
  if (!route) throw new AuthError('method_not_allowed', { allow: routes.map((known) => known.method) })
  return route.endpoint
}

function report({ log }: Auth, { code, status, message, wechat, cause }: AuthError, requestId: string): void {
  const fields = { request_id: requestId, code, status, ...(wechat && { wechat }), ...(cause !== undefined && { err: cause }) }
  if (status >= 500) log.error(fields, message)
  else log.debug(fields, message)
}
