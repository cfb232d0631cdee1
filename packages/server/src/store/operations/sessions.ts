import type { EndReason } from '@tongxing/protocol'

/** Something that ended before its time. Readers of the feed see them in the order of `seq`, without gaps. */
export interface Revocation {
  readonly seq: number
  /**
   * `session`: one session. `user`: every session of the user with an epoch below `epoch`.
   * `key`: every token of a sealing key. `all`: every token issued before `epoch`, in ms.
   * `app`: every token of an app, while the last one of it has epoch 1; 0 switches the app on again.
   */
  readonly kind: 'session' | 'user' | 'key' | 'all' | 'app'
  /** The session's id, the uid, the kid, the appid, or '' for all. */
  readonly subject: string
  /** The least valid epoch; 0 for a session and a key. */
  readonly epoch: number
  readonly reason: EndReason | 'banned' | 'app_disabled'
  /** ms since the epoch: every token it could kill has expired by then. */
  readonly until: number
}

/** A session as stored. */
export interface SessionRecord {
  readonly sessionId: string
  readonly appid: string
  readonly device: string | null
  readonly issuedAt: number
  readonly expiresAt: number
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

/** Sessions, and what ends them. */
export interface SessionStore {
  /** The live sessions of a user at `now`, newest first. */
  findSessions(uid: string, now: number): Promise<readonly SessionRecord[]>
  /** True when the session stands: written, not ended, its epoch still valid. For `strict` checks. */
  isSessionLive(sessionId: string): Promise<boolean>
  /** Ends a session; null when it had ended before, or is not known and nobody holds its token. */
  endSession(end: SessionEnd): Promise<Revocation | null>
  /** Ends all sessions of a user by raising the epoch; null when there is no such user. A banned user's stay ended as banned. */
  endAllSessions(end: UserEnd): Promise<Revocation | null>
  /** Ends, as `replaced`, live sessions beyond `most` of one user in one app, the oldest ones: at most `limit`, and all of them when it ends fewer. */
  endSessionsBeyond(most: number, at: number, limit: number): Promise<readonly Revocation[]>
  /** Bans a user and ends all his sessions; null when there is no such user. */
  ban(uid: string, at: number): Promise<Revocation | null>
  /** Lifts a ban: his old sessions are ended as `ban_lifted`, so that their phones log in again. null when he was not banned. */
  unban(uid: string, at: number): Promise<Revocation | null>
  /** Ends every token of a sealing key, for good: who has the key could seal tokens of any date. */
  revokeKey(kid: string, at: number): Promise<Revocation>
  /** Ends every session there is, as `restored`: what ended after a backup was taken must not revive with it. */
  endEverything(at: number): Promise<Revocation>
  /** Revocations after `seq`, in order, at most `limit`. A number once seen is never followed by a smaller one. */
  revocationsAfter(seq: number, limit: number): Promise<readonly Revocation[]>
}
