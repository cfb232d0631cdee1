import { bearerOf } from './bearer.js'
import type { Endpoint } from './endpoint.js'

/** `GET /v1/sessions` */
export const getSessions: Endpoint = async (call, auth) => {
  const session = await auth.verify(bearerOf(call))
  return { status: 200, json: { sessions: await auth.sessions.list(session) } }
}

/** `DELETE /v1/sessions/{id}` */
export const deleteSession: Endpoint = async (call, auth, { id = '' }) => {
  const session = await auth.verify(bearerOf(call))
  await auth.sessions.end(session, id)
  return { status: 204, json: null }
}
