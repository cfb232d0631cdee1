import type { Profile } from '@tongxing/protocol'

/** A user as stored. */
export interface UserRecord {
  readonly uid: string
  readonly epoch: number
  readonly createdAt: number
  /** ms since the epoch; null unless banned. */
  readonly bannedAt: number | null
  readonly profile: Profile | null
  /** The application's own id of him, when he was imported with one. */
  readonly externalId: string | null
}

/** One identity of a user. */
export interface IdentityRecord {
  readonly appid: string
  readonly openid: string
  readonly unionid: string | null
}

/** The identity that a session logged in with. */
export interface SessionIdentity extends IdentityRecord {
  readonly externalId: string | null
}

/** Users, their identities and profiles. */
export interface UserStore {
  /** The user of a uid, or the one he was merged into. */
  findUser(uid: string): Promise<UserRecord | null>
  /** The uids of users that were merged into this one. */
  findAliases(uid: string): Promise<readonly string[]>
  /** Every (appid, openid) of a user. */
  findIdentities(uid: string): Promise<readonly IdentityRecord[]>
  /** The identity that a session logged in with; null when the session is not known, or the identity has another user now. */
  findSessionIdentity(sessionId: string): Promise<SessionIdentity | null>
  /** The openid by which this user is known in this app, the newest of several. A session knows its own: see `findSessionIdentity`. */
  findOpenid(uid: string, appid: string): Promise<string | null>
  /** null when there is no such user. */
  saveProfile(uid: string, profile: Profile): Promise<UserRecord | null>
  /** Sets the nickname and leaves the avatar as it is; null when there is no such user. */
  saveNickname(uid: string, nickname: string, at: number): Promise<UserRecord | null>
}
