import type { Profile } from '@tongxing/protocol'

/** A user as stored. */
export interface UserRecord {
  readonly uid: string
  readonly epoch: number
  readonly createdAt: number
  /** ms since the epoch; null unless banned. */
  readonly bannedAt: number | null
  readonly profile: Profile | null
}

/** One identity of a user. */
export interface IdentityRecord {
  readonly appid: string
  readonly openid: string
  readonly unionid: string | null
}

/** Users, their identities and profiles. */
export interface UserStore {
  findUser(uid: string): Promise<UserRecord | null>
  /** Every (appid, openid) of a user. */
  findIdentities(uid: string): Promise<readonly IdentityRecord[]>
  /** The openid by which this user is known in this app. */
  findOpenid(uid: string, appid: string): Promise<string | null>
  /** null when there is no such user. */
  saveProfile(uid: string, profile: Profile): Promise<UserRecord | null>
  /** Sets the nickname and leaves the avatar as it is; null when there is no such user. */
  saveNickname(uid: string, nickname: string, at: number): Promise<UserRecord | null>
}
