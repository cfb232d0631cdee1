import type { EndReason, ListedSession } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import { AuthError } from '../errors.js'
import type { Logger, Pseudonymise } from '../log.js'
import { latestEnd } from '../session/life.js'
import type { RevocationIndex } from '../session/revocation.js'
import type { Revocation, Store } from '../store/store.js'
import type { Session } from './verify.js'

/** Where a user is logged in, and ending that. Every end takes effect here at once, elsewhere within the feed's age. */
export interface Sessions {
  /** The live sessions of a session's user, newest first. */
  list(session: Session): Promise<readonly ListedSession[]>
  /** Ends one session of the same user, also one that has ended before. Throws `not_found` for an id that is not one of his, whoever else's it may be. */
  end(session: Session, sessionId: string): Promise<void>
  /** Ends the session itself. */
  endSelf(session: Session): Promise<void>
  /** Ends all sessions of a user; false when there is no such user. */
  endAll(uid: string, reason: EndReason): Promise<boolean>
  /** Bans a user: his sessions end, and nobody logs in as him until the ban is lifted. False when there is no such user. */
  ban(uid: string): Promise<boolean>
  /** Lifts a ban: the phones log in again by themselves. False when the user was not banned. */
  unban(uid: string): Promise<boolean>
}

export interface SessionsParts {
  readonly store: Store
  readonly index: RevocationIndex
  readonly clock: Clock
  readonly sessionLifeMs: number
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

export function createSessions({ store, index, clock, sessionLifeMs, log, pseudonym }: SessionsParts): Sessions {
  // Here the end takes effect at once; other processes learn of it by their feed. False when there was nothing to end.
  function take(revocation: Revocation | null, uid: string): boolean {
    if (!revocation) return false
    index.apply(revocation)
    log.info({ event: revocation.reason, user: pseudonym(uid) }, 'sessions ended')
    return true
  }

  return {
    async list(session) {
      const now = clock.now()
      const sessions = await store.findSessions(session.uid, now)
      return sessions
        .map((found) => ({ ...found, expiresAt: latestEnd(found, sessionLifeMs), current: found.sessionId === session.sessionId }))
        .filter(({ expiresAt }) => now < expiresAt)
    },
    async end({ uid, sessionId: own, expiresAt }, sessionId) {
      const isOwn = sessionId === own
      const end = { sessionId, uid, reason: isOwn ? 'logout' : 'ended_elsewhere', at: clock.now(), tokenExpiresAt: isOwn ? expiresAt : null } as const
      if (take(await store.endSession(end), uid)) return
      // A phone whose answer got lost asks again: what it wanted has happened.
      const { sessions } = await store.findHoldings(uid)
      if (!sessions.some((known) => known.sessionId === sessionId)) throw new AuthError('not_found')
    },
    async endSelf({ uid, sessionId, expiresAt }) {
      take(await store.endSession({ sessionId, uid, reason: 'logout', at: clock.now(), tokenExpiresAt: expiresAt }), uid)
    },
    endAll: async (uid, reason) => take(await store.endAllSessions({ uid, reason, at: clock.now() }), uid),
    ban: async (uid) => take(await store.ban(uid, clock.now()), uid),
    unban: async (uid) => take(await store.unban(uid, clock.now()), uid),
  }
}
