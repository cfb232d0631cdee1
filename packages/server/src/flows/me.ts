import type { MeResponse, Profile, UpdateMeRequest } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import { AuthError } from '../errors.js'
import type { Store, UserRecord } from '../store/store.js'
import { acceptNickname, isPlaceholder } from '../user/nickname.js'
import type { Phones } from '../user/phone.js'
import type { CheckText } from './content-check.js'
import { gone } from './gone.js'
import type { Session } from './verify.js'

/** Reading and changing what the user says of himself. */
export interface Me {
  /** Throws `session_revoked` when the user was erased. */
  get(session: Session): Promise<MeResponse>
  /** Throws `profile_rejected` for a nickname that is empty, too long, holds control characters, is WeChat's placeholder, or does not pass WeChat's content check. */
  update(session: Session, changes: UpdateMeRequest): Promise<MeResponse>
}

/** @param checkText hears of every nickname before it is kept. */
export function createMe(store: Store, describe: DescribeUser, clock: Clock, checkText: CheckText): Me {
  const get = async ({ uid }: Session): Promise<UserRecord> => (await store.findUser(uid)) ?? await gone(store, uid)
  return {
    get: async (session) => describe(await get(session)),
    async update(session, { nickname: typed }) {
      if (typed === undefined) return describe(await get(session))
      const nickname = acceptNickname(typed)
      if (nickname === null || isPlaceholder(nickname)) throw new AuthError('profile_rejected', { detail: 'A nickname has 1 to 64 characters, none of them control characters.' })
      await checkText(session, nickname)
      return describe((await store.saveNickname(session.uid, nickname, clock.now())) ?? await gone(store, session.uid))
    },
  }
}

/** The user as the wire shows it. */
export type DescribeUser = (user: UserRecord) => Promise<MeResponse>

/** @param publicURL where the outside world reaches the service; '' leaves the address of an avatar of ours a path. */
export function createDescribe(phones: Phones, publicURL: string): DescribeUser {
  return async ({ uid, createdAt, profile }) => ({ uid, createdAt, profile: withAddress(profile, publicURL), phone: await phones.find(uid) })
}

/** The profile with the whole address of its avatar: stored is the path, so that the service may move. */
export function withAddress(profile: Profile | null, publicURL: string): Profile | null {
  return profile?.avatarUrl?.startsWith('/') ? { ...profile, avatarUrl: publicURL + profile.avatarUrl } : profile
}
