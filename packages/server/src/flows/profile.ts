import { createHash } from 'node:crypto'
import type { MeResponse, Profile, ProfileRequest } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import { AuthError } from '../errors.js'
import type { Logger, Pseudonymise } from '../log.js'
import type { Secret } from '../secret.js'
import type { Store } from '../store/store.js'
import type { SessionKeys } from '../user/session-key.js'
import { readWechatProfile } from '../user/wechat-profile.js'
import { openEncryptedData } from '../wechat/encrypted-data.js'
import type { ExpectedData } from '../wechat/encrypted-data.js'
import { isRawDataSigned } from '../wechat/raw-data.js'
import type { Budget } from './decrypt-budget.js'
import { gone } from './me.js'
import type { DescribeUser } from './me.js'
import type { Session } from './verify.js'

/**
 * Takes what getUserProfile or getUserInfo handed out, checks that WeChat signed it, and keeps it.
 * What the server can decide from what it holds comes before anything is opened: `session_key_stale` when it holds no key,
 * `decrypt_budget_spent` after too many failures. Every other failure is `encrypted_data_invalid`, and costs one of the budget.
 */
export type SaveProfile = (session: Session, request: ProfileRequest) => Promise<MeResponse>

export interface ProfileParts {
  readonly store: Store
  readonly describe: DescribeUser
  readonly sessionKeys: SessionKeys
  readonly budget: Budget
  readonly clock: Clock
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

/** Data is remembered as used for longer than its watermark may be old. */
const REMEMBERED_MS = 60 * 60_000

export function createSaveProfile({ store, describe, sessionKeys, budget, clock, log, pseudonym }: ProfileParts): SaveProfile {
  return async (session, request) => {
    const { uid, appid } = session
    const { openid } = (await store.findSessionIdentity(session.sessionId)) ?? gone()
    const keys = await sessionKeys.usable(appid, openid)
    if (keys.length === 0) throw new AuthError('session_key_stale')
    await budget.demand(session)

    const now = clock.now()
    const hash = hashOf(appid, request)
    const used = hash !== null && await store.isDataUsed(hash)
    const { signed, opened, profile } = check(request, keys, { appid, openid, now })
    // One write either way, the claim or the failure: time must not tell data that decrypted from data that did not.
    const isGood = signed && opened && profile !== 'unreadable' && !used
    if (!isGood || (hash !== null && !(await store.useData(hash, now + REMEMBERED_MS)))) {
      await budget.spend(session)
      log.warn({ event: 'profile_refused', appid, user: pseudonym(uid), signed, opened, readable: profile !== 'unreadable', used }, 'user data could not be verified')
      throw new AuthError('encrypted_data_invalid')
    }
    // WeChat's placeholder is no profile: what the user gave before stays.
    const user = profile ? await store.saveProfile(uid, profile) : await store.findUser(uid)
    return describe(user ?? gone())
  }
}

interface Verdict {
  readonly signed: boolean
  readonly opened: boolean
  readonly profile: Profile | null | 'unreadable'
}

function check({ rawData, signature, encryptedData, iv }: ProfileRequest, keys: readonly Secret[], expected: ExpectedData): Verdict {
  const hasData = encryptedData !== undefined || iv !== undefined
  return {
    signed: isRawDataSigned(keys, rawData, signature),
    opened: !hasData || openEncryptedData(keys, encryptedData ?? '', iv ?? '', expected) !== null,
    profile: readWechatProfile(rawData, expected.now),
  }
}

// What an encryptedData is known by; null without one: rawData and signature alone can be sent again without harm.
function hashOf(appid: string, { encryptedData }: ProfileRequest): string | null {
  return encryptedData === undefined ? null : createHash('sha256').update(`${appid} ${encryptedData}`).digest('hex')
}
