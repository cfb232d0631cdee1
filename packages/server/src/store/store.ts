import type { EndReason, Profile } from '@tongxing/protocol'

/** One login, ready to be written. Ids come from the caller; times are ms since the epoch. */
export interface LoginRecord {
  readonly appid: string
  readonly openid: string
  readonly unionid: string | null
  /** The uid to use if this identity is new. */
  readonly newUid: string
  readonly sessionKey: {
    /** Same key, same fingerprint; says nothing else about the key. */
    readonly fingerprint: string
    readonly sealed: string
  }
  readonly sessionId: string
  readonly device: string | null
  readonly issuedAt: number
  readonly expiresAt: number
  /** Most live sessions of this user in this app, or null for any number. */
  readonly mostSessions: number | null
}

/** What a login turned out to be. */
export type RecordedLogin = AcceptedLogin | RefusedLogin

/** The user is banned: nothing was written. */
export interface RefusedLogin {
  readonly banned: true
  readonly uid: string
}

/** User, identity, key and session are written. */
export interface AcceptedLogin {
  readonly banned: false
  readonly uid: string
  /** True when this login created the user. */
  readonly isNew: boolean
  /** The user's epoch at this login. */
  readonly epoch: number
  readonly profile: Profile | null
  /** Older sessions that this login ended, by the device policy. */
  readonly replaced: readonly Revocation[]
}

/** A user as stored. */
export interface UserRecord {
  readonly uid: string
  readonly epoch: number
  readonly createdAt: number
  /** ms since the epoch; null unless banned. */
  readonly bannedAt: number | null
  readonly profile: Profile | null
}

/** A session_key as stored: one generation of an identity. */
export interface StoredSessionKey {
  readonly sealed: string
}

/** Something that ended before its time. Readers of the feed see them in the order of `seq`, without gaps. */
export interface Revocation {
  readonly seq: number
  /** `session`: one session. `user`: every session of the user with an epoch below `epoch`. */
  readonly kind: 'session' | 'user'
  /** The session's id, or the uid. */
  readonly subject: string
  /** The least valid epoch; 0 for a session. */
  readonly epoch: number
  readonly reason: EndReason | 'banned'
  /** ms since the epoch: every token it could kill has expired by then. */
  readonly until: number
}

/** One identity of a user. */
export interface IdentityRecord {
  readonly appid: string
  readonly openid: string
  readonly unionid: string | null
}

/** A session as stored. */
export interface SessionRecord {
  readonly sessionId: string
  readonly appid: string
  readonly device: string | null
  readonly issuedAt: number
  readonly expiresAt: number
}

/** A phone number as stored. */
export interface StoredPhone {
  readonly sealed: string
  readonly countryCode: string
  /** ms since the epoch. */
  readonly verifiedAt: number
}

/** A ticket for a web-view: one use. */
export interface TicketRecord {
  readonly uid: string
  readonly appid: string
  readonly sessionId: string
}

/** WeChat's access_token of one app, as stored. */
export interface StoredAccessToken {
  readonly sealed: string
  /** ms since the epoch. */
  readonly expiresAt: number
  /** Rises with each change: who writes names the version he saw. */
  readonly version: number
}

/** A key of a back end, without the key itself. */
export interface ApiKeyRecord {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  /** ms since the epoch; null while it is valid. */
  readonly revokedAt: number | null
}

/** The end of one session. */
export interface SessionEnd {
  readonly sessionId: string
  readonly uid: string
  readonly reason: EndReason
  readonly at: number
  /** When the token in hand expires, or null for who holds only the id. With it the end is recorded also if the row is gone (a restored backup). */
  readonly tokenExpiresAt: number | null
}

/** The end of all sessions of a user. */
export interface UserEnd {
  readonly uid: string
  readonly reason: EndReason
  readonly at: number
}

/** Longest life of a session that a server can be configured to, its jitter included, in ms: whatever ends a whole user is remembered as long. */
export const LONGEST_SESSION_MS: number = 99 * 86_400_000
/** How long what has expired is still kept, in ms: clocks of several servers differ, and one may jump. */
export const PRUNE_MARGIN_MS: number = 86_400_000

/** How long a code of `wx.login` lives, in ms: two exchanges further apart than this are certainly in order. */
export const CODE_LIFE_MS: number = 5 * 60_000
/** How long a superseded session_key may still open encryptedData, in ms. */
export const SUPERSEDED_KEY_LIFE_MS: number = 10 * 60_000
/** How many generations of session_key are tried. */
export const SESSION_KEY_GENERATIONS = 3

/**
 * The truth. Domain operations, each atomic, none optional; every engine passes the same conformance suite.
 * A failure of the database rejects with an Error that is not an AuthError; callers turn it into `store_unavailable`.
 */
export interface Store {
  /**
   * Writes user, identity, session_key generation and session of one login, all or nothing, durable before it resolves.
   * Concurrent calls are committed together; one that fails never fails its neighbours. One identity has one user, whatever the race.
   * A banned user's login is refused and leaves no trace. With `mostSessions`, the oldest sessions beyond that number of this user in
   * this app end with it.
   */
  recordLogin(login: LoginRecord): Promise<RecordedLogin>
  findUser(uid: string): Promise<UserRecord | null>
  /** Every (appid, openid) of a user. */
  findIdentities(uid: string): Promise<readonly IdentityRecord[]>
  /** The live sessions of a user at `now`, newest first. */
  findSessions(uid: string, now: number): Promise<readonly SessionRecord[]>
  /** The openid by which this user is known in this app. */
  findOpenid(uid: string, appid: string): Promise<string | null>
  /** The generations that may still open encryptedData at `now`, at most {@link SESSION_KEY_GENERATIONS}. */
  findSessionKeys(appid: string, openid: string, now: number): Promise<readonly StoredSessionKey[]>
  /** null when there is no such user. */
  saveProfile(uid: string, profile: Profile): Promise<UserRecord | null>
  /** Sets the nickname and leaves the avatar as it is; null when there is no such user. */
  saveNickname(uid: string, nickname: string, at: number): Promise<UserRecord | null>
  /** Ends a session; null when it had ended before, or is not known and nobody holds its token. */
  endSession(end: SessionEnd): Promise<Revocation | null>
  /** Ends all sessions of a user by raising the epoch; null when there is no such user. A banned user's stay ended as banned. */
  endAllSessions(end: UserEnd): Promise<Revocation | null>
  /** Bans a user and ends all his sessions; null when there is no such user. */
  ban(uid: string, at: number): Promise<Revocation | null>
  /** Lifts a ban: his old sessions are ended as `ban_lifted`, so that their phones log in again. null when he was not banned. */
  unban(uid: string, at: number): Promise<Revocation | null>
  /** How often encrypted data failed: of this session ever, and of the user since `since`. */
  countDecryptFailures(uid: string, sessionId: string, since: number): Promise<{ readonly session: number, readonly user: number }>
  addDecryptFailure(uid: string, sessionId: string, at: number): Promise<void>
  /** True when this data was used before and is remembered. */
  isDataUsed(hash: string): Promise<boolean>
  /** Marks data as used: true for exactly one caller, whatever the race. */
  useData(hash: string, until: number): Promise<boolean>
  findPhone(uid: string): Promise<StoredPhone | null>
  /**
   * Binds a number to a user and takes it from whoever had it: numbers are handed on to new owners.
   * `blind` finds equal numbers without opening them, one value for each sealing key, newest first.
   */
  savePhone(uid: string, phone: StoredPhone, blind: readonly [string, ...string[]]): Promise<void>
  /** Keeps a ticket by its hash. */
  saveTicket(hash: string, ticket: TicketRecord, expiresAt: number): Promise<void>
  /** Uses a ticket up: exactly one caller gets it, whatever the race; null when it is unknown, used, or over at `now`. */
  useTicket(hash: string, now: number): Promise<TicketRecord | null>
  /** Keeps an api key by its hash. */
  saveApiKey(hash: string, key: Omit<ApiKeyRecord, 'revokedAt'>): Promise<void>
  /** The valid key with this hash, or null. */
  findApiKey(hash: string): Promise<ApiKeyRecord | null>
  /** All keys, oldest first. */
  listApiKeys(): Promise<readonly ApiKeyRecord[]>
  /** False when there is no valid key of this id. */
  revokeApiKey(id: string, at: number): Promise<boolean>
  findAccessToken(appid: string): Promise<StoredAccessToken | null>
  /** Compare-and-set: false when the row is no longer of `seen.version` (0: when there is one). */
  saveAccessToken(appid: string, token: Omit<StoredAccessToken, 'version'>, seen: { readonly version: number }): Promise<boolean>
  /** True for one caller in `everyMs`: a forced refresh kills the token that all others use. */
  claimForcedRefresh(appid: string, now: number, everyMs: number): Promise<boolean>
  /** True when the session stands: written, not ended, its epoch still valid. For `strict` checks. */
  isSessionLive(sessionId: string): Promise<boolean>
  /** Revocations after `seq`, in order, at most `limit`. A number once seen is never followed by a smaller one. */
  revocationsAfter(seq: number, limit: number): Promise<readonly Revocation[]>
  /** Forgets what has been over for longer than {@link PRUNE_MARGIN_MS}: sessions, revocations, tickets, superseded session_keys. At most `limit` rows of each. */
  prune(now: number, limit: number): Promise<void>
  /** Rejects when the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}
