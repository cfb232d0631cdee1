import type { Profile } from '@tongxing/protocol'
import type { NewSessionKey } from './session-keys.js'
import type { Revocation } from './sessions.js'

/** One login, ready to be written. Ids come from the caller; times are ms since the epoch. */
export interface LoginRecord {
  readonly appid: string
  readonly openid: string
  readonly unionid: string | null
  /** The Open Platform account that the app belongs to: within it, one unionid is one person. */
  readonly unionScope: string
  /** The uid to use if this identity is new. */
  readonly newUid: string
  readonly sessionKey: NewSessionKey
  readonly sessionId: string
  readonly device: string | null
  readonly issuedAt: number
  readonly expiresAt: number
  /** Most live sessions of this user in this app, or null for any number. */
  readonly mostSessions: number | null
}

/** What a login turned out to be. */
export type RecordedLogin = AcceptedLogin | RefusedLogin

/** The user is banned, or the app switched off: nothing was written. */
export interface RefusedLogin {
  readonly refused: 'user_disabled' | 'app_disabled'
}

/** User, identity, key and session are written. */
export interface AcceptedLogin {
  readonly refused: null
  readonly uid: string
  /** True when this login created the user; one who was found by his unionid is not new. */
  readonly isNew: boolean
  /** The user's epoch at this login. */
  readonly epoch: number
  readonly profile: Profile | null
  /** Whose the unionid of this login is, when it is another user's: the two are one person, and are never merged silently. */
  readonly unionOwner: string | null
  /** Older sessions that this login ended, by the device policy. */
  readonly replaced: readonly Revocation[]
}

/** Logins, written together. */
export interface LoginStore {
  /**
   * Writes user, identity, session_key generation and session of one login, all or nothing, durable before it resolves.
   * Concurrent calls are committed together; one that fails never fails its neighbours. One identity has one user, whatever the race.
   * An identity that is new joins the user to whom its unionid belongs in its scope; one that is known keeps its user, whatever its unionid.
   * A login of a banned user, or in an app that is switched off, is refused and leaves no trace. With `mostSessions`, the oldest sessions beyond that number of this user in
   * this app end with it.
   */
  recordLogin(login: LoginRecord): Promise<RecordedLogin>
}
