import { randomUUID } from 'node:crypto'
import { ERRORS, ROUTES } from '@tongxing/protocol'
import type { Auth } from '../auth.js'
import { AuthError, isAuthError } from '../errors.js'
import type { Answer, Call, Endpoint, Parameters } from './endpoint.js'
import { getHealthz } from './healthz.js'
import { SAFE_HEADERS, problemOf } from './problem.js'
import { getReadyz } from './readyz.js'
import { postIntrospect } from './v1-introspect.js'
import { postLogin } from './v1-login.js'
import { postLogout } from './v1-logout.js'
import { getMe, putMe } from './v1-me.js'
import { postPhone } from './v1-me-phone.js'
import { postProfile } from './v1-me-profile.js'
import { getSession } from './v1-session.js'
import { deleteSession, getSessions } from './v1-sessions.js'
import { postTicket } from './v1-tickets.js'
import { postRedeem } from './v1-tickets-redeem.js'

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
  { ...ROUTES.sessions, endpoint: getSessions },
  { ...ROUTES.endSession, endpoint: deleteSession },
  { ...ROUTES.me, endpoint: getMe },
  { ...ROUTES.updateMe, endpoint: putMe },
  { ...ROUTES.profile, endpoint: postProfile },
  { ...ROUTES.phone, endpoint: postPhone },
  { ...ROUTES.ticket, endpoint: postTicket },
  { ...ROUTES.redeem, endpoint: postRedeem },
  { ...ROUTES.introspect, endpoint: postIntrospect },
  { method: 'GET', path: '/healthz', endpoint: getHealthz },
  { method: 'GET', path: '/readyz', endpoint: getReadyz },
]

const LONGEST_URL = 4096
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

/** Answers a call: the endpoint's answer, or the problem document of what it threw. */
export async function dispatch(call: Call, auth: Auth): Promise<Reply> {
  const requestId = randomUUID()
  try {
    const { status, json, headers } = await answerOf(call, auth)
    if (json === null) return { status, headers: { ...SAFE_HEADERS, 'x-request-id': requestId, ...headers }, body: '' }
    return { status, headers: { ...SAFE_HEADERS, ...JSON_TYPE, 'x-request-id': requestId, ...headers }, body: JSON.stringify(json) }
  } catch (thrown) {
    // A code that this version does not know comes from another copy of the package: no row of the table, no answer of its own.
    const error = isAuthError(thrown) && thrown.code in ERRORS ? thrown : new AuthError('internal', { cause: thrown })
    report(auth, error, requestId)
    return problemOf(error, requestId, call.header('accept-language'))
  }
}

// A known path with another method is 405 with the methods it has (RFC 9110, 15.5.6); the rest is 404.
async function answerOf(call: Call, auth: Auth): Promise<Answer> {
  if (call.url.length > LONGEST_URL) throw new AuthError('uri_too_long')
  const query = call.url.indexOf('?')
  const path = query < 0 ? call.url : call.url.slice(0, query)
  const method = call.method === 'HEAD' ? 'GET' : call.method
  const allow: string[] = []
  for (const route of TABLE) {
    const parameters = match(route.path, path)
    if (parameters && route.method === method) return route.endpoint(call, auth, parameters)
    if (parameters) allow.push(route.method)
  }
  throw allow.length > 0 ? new AuthError('method_not_allowed', { allow }) : new AuthError('not_found')
}

const NO_PARAMETERS: Parameters = {}

// A `{name}` takes one segment, as it stands: ids of ours need no percent-encoding, so that nothing is decoded.
function match(pattern: string, path: string): Parameters | null {
  if (pattern === path) return NO_PARAMETERS
  const open = pattern.indexOf('{')
  if (open < 0 || !path.startsWith(pattern.slice(0, open))) return null
  const segment = path.slice(open)
  return segment !== '' && !segment.includes('/') ? { [pattern.slice(open + 1, -1)]: segment } : null
}

function report({ log }: Auth, { code, status, message, wechat, cause }: AuthError, requestId: string): void {
  const fields = { request_id: requestId, code, status, ...(wechat && { wechat }), ...(cause !== undefined && { err: cause }) }
  if (status >= 500) log.error(fields, message)
  else log.debug(fields, message)
}
