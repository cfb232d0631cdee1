import type { MeResponse, UpdateMeRequest } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import { AuthError } from '../errors.js'
import type { Store, UserRecord } from '../store/store.js'
import { acceptNickname, isPlaceholder } from '../user/nickname.js'
import type { Phones } from '../user/phone.js'
import type { Session } from './verify.js'

/** Reading and changing what the user says of himself. */
export interface Me {
  /** Throws `session_unknown` when the user is gone. */
  get(session: Session): Promise<MeResponse>
  /** Throws `profile_rejected` for a nickname that is empty, too long, holds control characters, or is WeChat's placeholder. */
  update(session: Session, changes: UpdateMeRequest): Promise<MeResponse>
}

export function createMe(store: Store, phones: Phones, clock: Clock): Me {
  const get = async ({ uid }: Session): Promise<UserRecord> => (await store.findUser(uid)) ?? gone()
  return {
    get: async (session) => meOf(await get(session), phones),
    async update(session, { nickname: typed }) {
      if (typed === undefined) return meOf(await get(session), phones)
      const nickname = isPlaceholder(typed) ? null : acceptNickname(typed)
      if (nickname === null) throw new AuthError('profile_rejected', { detail: 'A nickname has 1 to 64 characters, none of them control characters.' })
      return meOf((await store.saveNickname(session.uid, nickname, clock.now())) ?? gone(), phones)
    },
  }
}

/** The user as the wire shows it. */
export async function meOf({ uid, createdAt, profile }: UserRecord, phones: Phones): Promise<MeResponse> {
  return { uid, createdAt, profile, phone: await phones.find(uid) }
}

/** The user of a session that stands does not exist: the session is worth nothing. */
export function gone(): never {
  throw new AuthError('session_unknown')
}
