import { AuthError } from '../../errors.js'
import { demandApiKey } from '../bearer.js'
import type { Endpoint } from '../endpoint.js'

/** `GET /admin/keys`: the sealing keys, without the keys themselves. */
export const getKeys: Endpoint = async (call, auth) => {
  await demandApiKey(call, auth, 'admin')
  return { status: 200, json: { keys: await auth.keys.list() } }
}

/** `POST /admin/keys/{kid}/revoke`: a leaked key's tokens are dead within seconds, on every server. */
export const revokeKey: Endpoint = async (call, auth, { kid = '' }) => {
  await demandApiKey(call, auth, 'admin')
  await auth.keys.revoke(kid).catch((error: unknown) => {
    throw error instanceof TypeError ? new AuthError('validation_failed', { detail: error.message }) : error
  })
  return { status: 204, json: null }
}
