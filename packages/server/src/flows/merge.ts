import type { Clock } from '../clock.js'
import { AuthError } from '../errors.js'
import type { Logger, Pseudonymise } from '../log.js'
import type { RevocationIndex } from '../session/revocation.js'
import type { MergePlan, MergeRefusal, Store } from '../store/store.js'
import type { Phones } from '../user/phone.js'
import type { HookRunner } from './hooks.js'

/** How a merge is asked for. */
export interface MergeOptions {
  /** True tells what the merge would do and changes nothing. Default: false. */
  readonly dryRun?: boolean
}

/**
 * Merges one user into another, for good: identities, unionids, profile and phone number move, and the old uid stays as an alias.
 * Both lose their sessions, and their phones log in again silently: the person is the same.
 * Throws `not_found` when one of them is not known and `already_merged` when they are one user, or `from` was merged away before;
 * TypeError when both uids are the same.
 */
export type Merge = (from: string, into: string, options?: MergeOptions) => Promise<MergePlan>

export interface MergeParts {
  readonly store: Store
  readonly phones: Phones
  readonly hooks: HookRunner
  readonly index: RevocationIndex
  readonly clock: Clock
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

// The number is sealed for its owner and sealed anew before the transaction; whoever binds another one in between makes that stale.
const MOST_TRIES = 3

export function createMerge({ store, phones, hooks, index, clock, log, pseudonym }: MergeParts): Merge {
  return async (from, into, { dryRun = false } = {}) => {
    if (from === into) throw new TypeError('a user cannot be merged into himself')
    if (dryRun) return planOrThrow(await store.planMerge(from, into, clock.now()))
    for (let tries = 1; ; tries++) {
      const { into: survivor } = planOrThrow(await store.planMerge(from, into, clock.now()))
      const merged = await store.mergeUsers({ from, into: survivor, at: clock.now(), phone: await phones.resealFor(from, survivor) })
      if (merged === 'changed' && tries < MOST_TRIES) continue
      if (typeof merged === 'string') return planOrThrow(merged)
      for (const revocation of merged.revocations) index.apply(revocation)
      log.info({ event: 'merged', from: pseudonym(from), into: pseudonym(survivor) }, 'users merged')
      await hooks.run('onMerge', { from, into: survivor })
      return merged.plan
    }
  }
}

function planOrThrow(plan: MergePlan | MergeRefusal): MergePlan {
  if (plan === 'unknown') throw new AuthError('not_found', { detail: 'There is no such user.' })
  if (plan === 'already_merged') throw new AuthError('already_merged')
  if (plan === 'changed') throw new AuthError('store_unavailable', { retryAfter: 1, detail: 'The phone number kept changing.' })
  return plan
}
