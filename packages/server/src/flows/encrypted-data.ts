import { createHash } from 'node:crypto'
import type { Clock } from '../clock.js'
import { AuthError } from '../errors.js'
import type { Logger, Pseudonymise } from '../log.js'
import type { Secret } from '../secret.js'
import type { Store } from '../store/store.js'
import type { SessionKeys } from '../user/session-key.js'
import type { ExpectedData } from '../wechat/encrypted-data.js'
import type { Budget } from './decrypt-budget.js'
import { gone } from './gone.js'
import type { Session } from './verify.js'

/**
 * Takes data that WeChat encrypted or signed for the user of a session. What the server can decide from what it holds comes before
 * anything is opened: `session_key_stale` when it holds no key, `decrypt_budget_spent` after too many failures. Every other failure is
 * `encrypted_data_invalid`, and costs one of the budget.
 */
export type TakeData = <T>(session: Session, data: OfferedData<T>) => Promise<T>

/** Data that somebody sent. */
export interface OfferedData<T> {
  /** How a refusal is called in the log. */
  readonly refusal: string
  /** Good for one use; absent for what can be sent again without harm (rawData and its signature). */
  readonly encryptedData?: string | undefined
  /** Whether WeChat vouches for the data; asked before it is opened. What it throws is thrown. */
  readonly vouch?: (encryptedData: string) => Promise<boolean>
  /** Looks at the data with every key. Neither calls out nor writes. */
  readonly judge: (keys: readonly Secret[], expected: ExpectedData) => Verdict<T>
}

/** What the data turned out to be. */
export interface Verdict<T> {
  readonly isGood: boolean
  readonly value: T
  /** For the log alone. */
  readonly why: object
}

export interface TakeDataParts {
  readonly store: Store
  readonly sessionKeys: SessionKeys
  readonly budget: Budget
  readonly clock: Clock
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

/** Data is remembered as used for longer than its watermark may be old. */
const REMEMBERED_MS = 60 * 60_000

export function createTakeData({ store, sessionKeys, budget, clock, log, pseudonym }: TakeDataParts): TakeData {
  return async (session, { refusal, encryptedData, vouch, judge }) => {
    const { uid, appid } = session
    const { openid } = (await store.findSessionIdentity(session.sessionId)) ?? await gone(store, uid)
    const keys = await sessionKeys.usable({ uid, appid, openid })
    if (keys.length === 0) throw new AuthError('session_key_stale')
    await budget.demand(session)

    const hash = encryptedData === undefined ? null : createHash('sha256').update(`${appid} ${encryptedData}`).digest('hex')
    const used = hash !== null && await store.isDataUsed(hash)
    const vouched = used || !vouch || await vouch(encryptedData ?? '')
    const now = clock.now()
    const { isGood, value, why } = judge(keys, { appid, openid, now })
    // One write either way, the claim or the failure: time must not tell data that decrypted from data that did not.
    if (!isGood || used || !vouched || (hash !== null && !(await store.useData(hash, now + REMEMBERED_MS)))) {
      await budget.spend(session)
      log.warn({ event: refusal, appid, user: pseudonym(uid), ...why, used, vouched }, 'user data could not be verified')
      throw new AuthError('encrypted_data_invalid')
    }
    return value
  }
}
