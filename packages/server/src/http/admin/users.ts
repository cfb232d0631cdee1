import { z } from 'zod'
import { AuthError } from '../../errors.js'
import { demandApiKey } from '../bearer.js'
import { readBody } from '../body.js'
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

/** `POST /admin/users/{uid}/erase`: everything of him is gone; the receipt. */
export const eraseUser: Endpoint = async (call, auth, { uid = '' }) => {
  await demandApiKey(call, auth, 'admin')
  const receipt = await auth.users.erase(uid)
  if (!receipt) throw new AuthError('not_found')
  return { status: 200, json: receipt }
}

/** `POST /admin/users/{uid}/merge`: `{into, dryRun?}`; what it does, or would do. */
export const mergeUser: Endpoint = async (call, auth, { uid = '' }) => {
  await demandApiKey(call, auth, 'admin')
  const { into, dryRun } = await readBody(call, { schema: mergeSchema })
  if (into === uid) throw new AuthError('validation_failed', { fields: [{ path: '/into', rule: 'same_user' }] })
  return { status: 200, json: await auth.users.merge(uid, into, { dryRun }) }
}

/** `GET /admin/conflicts`: identities whose unionid belongs to another user. */
export const getConflicts: Endpoint = async (call, auth) => {
  await demandApiKey(call, auth, 'admin')
  return { status: 200, json: { conflicts: await auth.identities.conflicts() } }
}

const mergeSchema = z.object({ into: z.string(), dryRun: z.boolean().default(false) })

function done(found: boolean): { readonly status: number, readonly json: null } {
  if (!found) throw new AuthError('not_found')
  return { status: 204, json: null }
}
