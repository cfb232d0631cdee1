import type { Clock } from '../clock.js'
import type { Logger } from '../log.js'
import type { RevocationIndex } from '../session/revocation.js'
import type { Store } from '../store/store.js'

export interface DevicePolicyParts {
  /** null: any number. */
  readonly mostSessions: number | null
  readonly store: Store
  readonly index: RevocationIndex
  readonly clock: Clock
  readonly log: Logger
}

/** So many at once, that logins of other servers on this database get their turn in between. */
const BATCH = 500

/**
 * Ends the sessions beyond the device policy, the oldest of each user and app: a login does that for its own user, and with a policy that was
 * made stricter the others would wait for theirs.
 */
export async function endBeyondPolicy({ mostSessions, store, index, clock, log }: DevicePolicyParts): Promise<void> {
  if (mostSessions === null) return
  let ended = 0
  for (let batch = BATCH; batch === BATCH;) {
    const revocations = await store.endSessionsBeyond(mostSessions, clock.now(), BATCH)
    for (const revocation of revocations) index.apply(revocation)
    batch = revocations.length
    ended += batch
  }
  if (ended > 0) log.info({ event: 'replaced', sessions: ended }, 'sessions beyond mostSessions ended')
}
