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
  // Looked up here, for what `revoke` throws names what was asked for, and no answer repeats its input.
  const key = (await auth.keys.list()).find((known) => known.kid === kid)
  if (!key) throw new AuthError('not_found')
  if (key.state === 'seals') throw new AuthError('validation_failed', { detail: 'This is the key that seals: add a new one in front first.' })
  await auth.keys.revoke(kid)
  return { status: 204, json: null }
}
