import { AuthError } from '../../errors.js'
import { demandApiKey } from '../bearer.js'
import type { Endpoint } from '../endpoint.js'

/** `GET /admin/users/{uid}` */
export const getUser: Endpoint = async (call, auth, { uid = '' }) => {
  await demandApiKey(call, auth, 'admin')
  const user = await auth.users.get(uid)
  if (!user) throw new AuthError('not_found')
  return { status: 200, json: { ...user, sessions: await auth.users.sessions(uid) } }
}

/** `POST /admin/users/{uid}/ban` */
export const banUser: Endpoint = async (call, auth, { uid = '' }) => {
  await demandApiKey(call, auth, 'admin')
  return done(await auth.users.ban(uid))
}

/** `POST /admin/users/{uid}/unban` */
export const unbanUser: Endpoint = async (call, auth, { uid = '' }) => {
  await demandApiKey(call, auth, 'admin')
  return done(await auth.users.unban(uid))
}

/** `DELETE /admin/users/{uid}/sessions` */
export const endUserSessions: Endpoint = async (call, auth, { uid = '' }) => {
  await demandApiKey(call, auth, 'admin')
  return done(await auth.users.endSessions(uid))
}

function done(found: boolean): { readonly status: number, readonly json: null } {
  if (!found) throw new AuthError('not_found')
  return { status: 204, json: null }
}
