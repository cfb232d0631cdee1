import type { LogoutRequest } from '@tongxing/protocol'
import type { Sessions } from './sessions.js'
import { nullIfDead } from './verify.js'
import type { Verify } from './verify.js'

/**
 * Ends the session of a token, or with `everywhere` every session of its user.
 * A token that is dead already is no error (RFC 7009, 2.2), except with `everywhere`, which a dead token may not ask for.
 * Throws what `verify` throws then, and `store_unavailable`.
 */
export type Logout = (token: string, request?: LogoutRequest) => Promise<void>

export function createLogout(verify: Verify, sessions: Sessions): Logout {
  return async (token, { everywhere = false } = {}) => {
    if (everywhere) {
      const { uid } = await verify(token)
      await sessions.endAll(uid, 'logout_everywhere')
      return
    }
    const session = await verify(token).catch(nullIfDead)
    if (session) await sessions.endSelf(session)
  }
}
