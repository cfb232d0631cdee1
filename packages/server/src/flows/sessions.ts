import type { EndReason, ListedSession } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import { AuthError } from '../errors.js'
import type { Logger, Pseudonymise } from '../log.js'
import type { RevocationIndex } from '../session/revocation.js'
import type { Store, UserEnd } from '../store/store.js'
import type { Session } from './verify.js'

/** Where a user is logged in, and ending that. Every end takes effect here at once, elsewhere within the feed's age. */
export interface Sessions {
  /** The live sessions of a session's user, newest first. */
  list(session: Session): Promise<readonly ListedSession[]>
  /** Ends one session of the same user. Throws `not_found` for an id that is not one of his, whoever else's it may be. */
  end(session: Session, sessionId: string): Promise<void>
  /** Ends the session itself. */
  endSelf(session: Session): Promise<void>
  /** Ends all sessions of a user; false when there is no such user. */
  endAll(uid: string, reason: EndReason): Promise<boolean>
  /** Bans a user: his sessions end, and nobody logs in as him until the ban is lifted. False when there is no such user. */
  ban(uid: string): Promise<boolean>
  /** Lifts a ban; the sessions stay ended. */
  unban(uid: string): Promise<void>
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
  // No token outlives this: the longest life, with its jitter, from now.
  const longest = (): number => Math.ceil(clock.now() + sessionLifeMs * 1.1)
  const said = (event: EndReason | 'banned' | 'unbanned', uid: string): void => log.info({ event, user: pseudonym(uid) }, 'sessions changed')

  async function endOne({ uid }: Session, sessionId: string, reason: EndReason, until: number): Promise<boolean> {
    const revocation = await store.endSession({ sessionId, uid, reason, at: clock.now(), until })
    if (!revocation) return false
    index.apply(revocation)
    said(reason, uid)
    return true
  }

  async function endUser(end: Pick<UserEnd, 'uid' | 'reason'>, write: (at: number, until: number) => ReturnType<Store['endAllSessions']>): Promise<boolean> {
    const revocation = await write(clock.now(), longest())
    if (!revocation) return false
    index.apply(revocation)
    said(end.reason, end.uid)
    return true
  }

  return {
    async list(session) {
      const sessions = await store.findSessions(session.uid, clock.now())
      return sessions.map((found) => ({ ...found, current: found.sessionId === session.sessionId }))
    },
    async end(session, sessionId) {
      const reason = sessionId === session.sessionId ? 'logout' : 'ended_elsewhere'
      if (!(await endOne(session, sessionId, reason, longest()))) throw new AuthError('not_found')
    },
    async endSelf(session) {
      await endOne(session, session.sessionId, 'logout', session.expiresAt)
    },
    endAll: (uid, reason) => endUser({ uid, reason }, (at, until) => store.endAllSessions({ uid, reason, at, until })),
    ban: (uid) => endUser({ uid, reason: 'banned' }, (at, until) => store.setBan(uid, { at, until })),
    async unban(uid) {
      await store.setBan(uid, null)
      said('unbanned', uid)
    },
  }
}
