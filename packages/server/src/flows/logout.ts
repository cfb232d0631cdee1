import type { LogoutRequest } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import { isAuthError } from '../errors.js'
import type { Logger, Pseudonymise } from '../log.js'
import type { RevocationIndex } from '../session/revocation.js'
import type { Store } from '../store/store.js'
import type { Session, Verify } from './verify.js'

/**
 * Ends the session of a token, or with `everywhere` every session of its user.
 * A token that is dead already is no error (RFC 7009, 2.2), except with `everywhere`, which a dead token may not ask for.
 * Throws what `verify` throws then, and `store_unavailable`.
 */
export type Logout = (token: string, request?: LogoutRequest) => Promise<void>

export interface LogoutParts {
  readonly verify: Verify
  readonly store: Store
  readonly index: RevocationIndex
  readonly clock: Clock
  readonly sessionLifeMs: number
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

export function createLogout({ verify, store, index, clock, sessionLifeMs, log, pseudonym }: LogoutParts): Logout {
  // No token outlives this: the longest life, with its jitter, from now.
  const longest = (): number => Math.ceil(clock.now() + sessionLifeMs * 1.1)

  async function endOne({ sessionId, uid, expiresAt }: Session): Promise<void> {
    const revocation = await store.endSession({ sessionId, uid, reason: 'logout', at: clock.now(), until: expiresAt })
    if (revocation) index.apply(revocation)
  }

  async function endAll({ uid }: Session): Promise<void> {
    const revocation = await store.endAllSessions({ uid, reason: 'logout_everywhere', at: clock.now(), until: longest() })
    if (revocation) index.apply(revocation)
  }

  return async (token, { everywhere = false } = {}) => {
    const session = everywhere ? await verify(token) : await verify(token).catch(nullIfDead)
    if (!session) return
    await (everywhere ? endAll(session) : endOne(session))
    log.info({ event: everywhere ? 'logout_everywhere' : 'logout', appid: session.appid, user: pseudonym(session.uid) }, 'logged out')
  }
}

function nullIfDead(error: unknown): null {
  if (isAuthError(error) && error.status === 401) return null
  throw error
}
