import type { LogoutRequest } from '@tongxing/protocol'
import type { LogoutEvent } from '../config.js'
import type { HookRunner } from './hooks.js'
import type { Sessions } from './sessions.js'
import { nullIfDead } from './verify.js'
import type { Session, Verify } from './verify.js'

/**
 * Ends the session of a token, or with `everywhere` every session of its user.
 * A token that is dead already is no error (RFC 7009, 2.2), except with `everywhere`, which a dead token may not ask for.
 * Throws what `verify` throws then, and `store_unavailable`.
 */
export type Logout = (token: string, request?: LogoutRequest) => Promise<void>

export function createLogout(verify: Verify, sessions: Sessions, hooks: HookRunner): Logout {
  return async (token, { everywhere = false } = {}) => {
    if (everywhere) {
      const session = await verify(token)
      await sessions.endAll(session.uid, 'logout_everywhere')
      await hooks.run('onLogout', eventOf(session, true))
      return
    }
    const session = await verify(token).catch(nullIfDead)
    if (!session) return
    await sessions.endSelf(session)
    await hooks.run('onLogout', eventOf(session, false))
  }
}

function eventOf({ uid, appid, sessionId }: Session, everywhere: boolean): LogoutEvent {
  return { uid, appid, sessionId, everywhere }
}
