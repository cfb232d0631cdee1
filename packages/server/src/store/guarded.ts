import { withinDeadline } from '../deadline.js'
import { AuthError } from '../errors.js'
import { spreadRetryAfter } from '../retry-after.js'
import type { AvatarStore, Store } from './store.js'

type Operation<Input extends unknown[] = unknown[], Result = unknown> = (...input: Input) => Promise<Result>

// Named one by one: a store may be an object of any make, and a new operation must not go unguarded.
const OPERATIONS: Readonly<Record<keyof Store, true>> = {
  recordLogin: true,
  findUser: true, findAliases: true, findIdentities: true, findSessionIdentity: true, findOpenid: true, saveProfile: true, saveNickname: true,
  findSessions: true, isSessionLive: true, endSession: true, endAllSessions: true, endSessionsBeyond: true, ban: true, unban: true, revokeKey: true, endEverything: true, revocationsAfter: true,
  findUnionConflicts: true, planMerge: true, mergeUsers: true,
  importUsers: true, importPhones: true, findByExternalId: true,
  disableApp: true, enableApp: true, findDisabledApps: true,
  findSessionKeys: true, replaceSessionKey: true,
  countDecryptFailures: true, addDecryptFailure: true, isDataUsed: true, useData: true,
  findPhone: true, savePhone: true, phonesAfter: true, resealPhone: true,
  claimPhoneCode: true, endPhoneCode: true,
  findUid: true, forgetWechatProfile: true, forgetRevoked: true,
  saveTicket: true, useTicket: true,
  saveApiKey: true, findApiKey: true, listApiKeys: true, revokeApiKey: true,
  findAccessToken: true, saveAccessToken: true, claimForcedRefresh: true,
  announceAvatar: true, saveAvatar: true, avatarsToRemove: true, forgetAvatar: true, judgePicture: true,
  findHoldings: true, eraseUser: true, findReceipt: true, tombstonesAfter: true, addTombstones: true, uidsAfter: true,
  giveConsent: true, withdrawConsent: true, findConsents: true,
  addAudit: true, auditAfter: true, auditEnds: true, pruneAudit: true,
  prune: true, ping: true, close: true,
}

/**
 * The same store, whose failures are `store_unavailable` (the driver's error stays in `cause`, for the log), and so is an operation that has not
 * answered after `timeoutMs`: what it was asked for may still happen.
 */
export function guardStore(store: Store, timeoutMs: number): Store {
  return Object.fromEntries((Object.keys(OPERATIONS) as (keyof Store)[]).map((name) => [name, guard(name, (store[name] as Operation).bind(store), timeoutMs)])) as unknown as Store
}

/** The same for the place where pictures are kept. */
export function guardAvatars(avatars: AvatarStore, timeoutMs: number): AvatarStore {
  return {
    save: guard('avatars.save', avatars.save.bind(avatars), timeoutMs),
    open: guard('avatars.open', avatars.open.bind(avatars), timeoutMs),
    remove: guard('avatars.remove', avatars.remove.bind(avatars), timeoutMs),
  }
}

function guard<Input extends unknown[], Result>(name: string, operation: Operation<Input, Result>, timeoutMs: number): Operation<Input, Result> {
  return async (...input) => {
    try {
      return await withinDeadline(operation(...input), timeoutMs, () => new Error(`${name} has not answered within ${timeoutMs} ms`))
    } catch (cause) {
      throw new AuthError('store_unavailable', { retryAfter: spreadRetryAfter(1), cause })
    }
  }
}
