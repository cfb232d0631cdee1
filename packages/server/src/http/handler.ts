import { randomUUID } from 'node:crypto'
import { ROUTES } from '@tongxing/protocol'
import { Hono } from 'hono'
import type { Auth } from '../auth.js'
import { AuthError, isAuthError } from '../errors.js'
import type { Endpoint } from './endpoint.js'
import { getHealthz } from './healthz.js'
import { SAFE_HEADERS, problemOf } from './problem.js'
import { postLogin } from './v1-login.js'
import { postLogout } from './v1-logout.js'
import { getMe, putMe } from './v1-me.js'
import { postProfile } from './v1-me-profile.js'
import { getSession } from './v1-session.js'

/** A Web-standard handler: mount it in any server that knows `Request` and `Response`, before body parsers. */
export type Handler = (request: Request) => Promise<Response>

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

/** Every route over an {@link Auth}; every error is a problem document. */
export function createHandler(auth: Auth): Handler {
  const app = new Hono()
  for (const { method, path, endpoint } of TABLE) app.on(method, path, (context) => respond(context.req.raw, auth, endpoint))
  app.notFound((context) => respond(context.req.raw, auth, refuse))
  return async (request) => app.fetch(request)
}

// A known path with another method is 405 with the methods it has (RFC 9110, 15.5.6); the rest is 404.
const refuse: Endpoint = (request) => {
  const path = new URL(request.url).pathname
  const allow = TABLE.filter((route) => route.path === path).map((route) => route.method)
  throw allow.length > 0 ? new AuthError('method_not_allowed', { allow }) : new AuthError('not_found')
}

async function respond(request: Request, auth: Auth, endpoint: Endpoint): Promise<Response> {
  const requestId = randomUUID()
  try {
    if (request.url.length > LONGEST_URL) throw new AuthError('uri_too_long')
    const { status, json, headers } = await endpoint(request, auth)
    const safe = { ...SAFE_HEADERS, 'x-request-id': requestId, ...headers }
    if (json === null) return new Response(null, { status, headers: safe })
    return new Response(JSON.stringify(json), { status, headers: { ...safe, 'content-type': 'application/json; charset=utf-8' } })
  } catch (thrown) {
    const error = isAuthError(thrown) ? thrown : new AuthError('internal', { cause: thrown })
    report(auth, error, requestId)
    const { status, headers, body } = problemOf(error, requestId, request.headers.get('accept-language'))
    return new Response(body, { status, headers })
  }
}

function report(auth: Auth, error: AuthError, requestId: string): void {
  const fields = { request_id: requestId, code: error.code, status: error.status, ...(error.wechat && { wechat: error.wechat }), ...(error.cause !== undefined && { err: error.cause }) }
  if (error.status >= 500) auth.log.error(fields, error.message)
  else auth.log.debug(fields, error.message)
}
