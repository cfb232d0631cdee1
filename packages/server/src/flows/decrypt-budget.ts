import type { Clock } from '../clock.js'
import type { DecryptBudget } from '../config.js'
import { AuthError } from '../errors.js'
import type { Store } from '../store/store.js'
import type { Session } from './verify.js'

/**
 * Bounds how often encrypted data may fail. With one uniform answer a small difference in time remains, and forging by a padding
 * oracle takes some 20,000 tries: at 20 a day it would take years, and start again with every new session_key.
 */
export interface Budget {
  /** Throws `decrypt_budget_spent`; asked before anything is opened. */
  demand(session: Session): Promise<void>
  /** One failure, whatever its cause; written before the answer is sent. */
  spend(session: Session): Promise<void>
}

const DAY_MS = 86_400_000

/** @param limits null for no limit. */
export function createBudget(store: Store, clock: Clock, limits: DecryptBudget | null): Budget {
  return {
    async demand({ uid, sessionId }) {
      if (!limits) return
      const failures = await store.countDecryptFailures(uid, sessionId, clock.now() - DAY_MS)
      if (failures.session < limits.perSession && failures.user < limits.perUser) return
      throw new AuthError('decrypt_budget_spent', { retryAfter: DAY_MS / 1000, detail: 'Let the user fill in avatar and nickname instead.' })
    },
    async spend({ uid, sessionId }) {
      if (limits) await store.addDecryptFailure(uid, sessionId, clock.now())
    },
  }
}
