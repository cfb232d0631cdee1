import { AuthError } from '../errors.js'
import type { Store } from '../store/store.js'

/**
 * For what a user of whom nothing was found meant to do, though his session stood a moment ago, in the eyes of this server.
 * Rejects with `session_revoked`: erased meanwhile, or merged into another user (his phone logs in again by itself); else with `session_unknown`.
 */
export async function gone(store: Pick<Store, 'findUser'>, uid: string): Promise<never> {
  const found = await store.findUser(uid)
  if (!found) throw new AuthError('session_revoked', { reason: 'erased' })
  if (found.uid !== uid) throw new AuthError('session_revoked', { reason: 'merged', action: 'relogin' })
  throw new AuthError('session_unknown')
}
