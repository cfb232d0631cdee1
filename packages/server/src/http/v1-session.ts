import { bearerOf } from './bearer.js'
import type { Endpoint } from './endpoint.js'

/** `GET /v1/session`: also forward-auth for nginx, Caddy and gateways, which copy the two headers. */
export const getSession: Endpoint = async (call, auth) => {
  const session = await auth.verify(bearerOf(call))
  return { status: 200, json: session, headers: { 'x-tongxing-uid': session.uid, 'x-tongxing-appid': session.appid } }
}
