import type { AccessTokenStore } from './operations/access-tokens.js'
import type { ApiKeyStore } from './operations/api-keys.js'
import type { AppStore } from './operations/apps.js'
import type { AuditStore } from './operations/audit.js'
import type { AvatarRows } from './operations/avatars.js'
import type { ConsentStore } from './operations/consents.js'
import type { ErasureStore } from './operations/erasures.js'
import type { EncryptedDataStore } from './operations/encrypted-data.js'
import type { IdentityStore } from './operations/identities.js'
import type { ImportStore } from './operations/imports.js'
import type { LoginStore } from './operations/logins.js'
import type { MergeStore } from './operations/merges.js'
import type { PhoneCodeStore } from './operations/phone-codes.js'
import type { PhoneStore } from './operations/phones.js'
import type { PictureCheckStore } from './operations/picture-checks.js'
import type { RevokedDataStore } from './operations/revoked.js'
import type { SessionKeyStore } from './operations/session-keys.js'
import type { SessionStore } from './operations/sessions.js'
import type { TicketStore } from './operations/tickets.js'
import type { UserStore } from './operations/users.js'

export type { AccessTokenStore, StoredAccessToken } from './operations/access-tokens.js'
export type { ApiKeyStore, ApiKeyRecord } from './operations/api-keys.js'
export type { AuditEnds, AuditNote, AuditStore } from './operations/audit.js'
export type { AvatarRows, AvatarStore } from './operations/avatars.js'
export type { ConsentRecord, ConsentStore } from './operations/consents.js'
export type { Erased, ErasedName, Erasure, ErasureStore, Holdings, Tombstone } from './operations/erasures.js'
export type { EncryptedDataStore } from './operations/encrypted-data.js'
export type { AppStore, DisabledApp } from './operations/apps.js'
export type { IdentityStore, UnionConflict } from './operations/identities.js'
export type { MergeConflict, MergePlan, MergeRecord, MergeRefusal, MergeStore } from './operations/merges.js'
export type { ImportRecord, ImportStore, ImportedPhone, ImportedRow } from './operations/imports.js'
export type { LoginStore, LoginRecord, RecordedLogin, RefusedLogin, AcceptedLogin } from './operations/logins.js'
export type { PhoneCodeStore, PhoneCodeClaim, ClaimedPhoneCode } from './operations/phone-codes.js'
export type { PhoneOrigin, PhoneStore, SealedPhone, StoredPhone } from './operations/phones.js'
export type { PictureCheck, PictureCheckStore, PictureVerdict } from './operations/picture-checks.js'
export type { RevokedDataStore, RevocableData } from './operations/revoked.js'
export { CODE_LIFE_MS, SUPERSEDED_KEY_LIFE_MS, SESSION_KEY_GENERATIONS } from './operations/session-keys.js'
export type { SessionKeyStore, StoredSessionKey, NewSessionKey } from './operations/session-keys.js'
export { LONGEST_SESSION_MS } from './operations/sessions.js'
export type { SessionStore, Revocation, SessionRecord, SessionEnd, UserEnd } from './operations/sessions.js'
export type { TicketStore, TicketRecord } from './operations/tickets.js'
export type { UserStore, UserRecord, IdentityRecord, SessionIdentity } from './operations/users.js'

/** How long what has expired is still kept, in ms: clocks of several servers differ, and one may jump. */
export const PRUNE_MARGIN_MS: number = 86_400_000

/**
 * The truth. Domain operations, each atomic, none optional; every engine passes the same conformance suite.
 * A failure of the database rejects with an Error that is not an AuthError; callers turn it into `store_unavailable`.
 */
export interface Store extends AccessTokenStore, ApiKeyStore, AppStore, AuditStore, AvatarRows, ConsentStore, EncryptedDataStore, ErasureStore, IdentityStore, ImportStore, LoginStore, MergeStore, PhoneCodeStore, PhoneStore, PictureCheckStore, RevokedDataStore, SessionKeyStore, SessionStore, TicketStore, UserStore {
  /** Forgets what has been over for longer than {@link PRUNE_MARGIN_MS}: sessions, revocations, tickets, superseded session_keys. At most `limit` rows of each. */
  prune(now: number, limit: number): Promise<void>
  /** Rejects when the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}
