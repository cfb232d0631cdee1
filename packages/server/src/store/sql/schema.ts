import type { Profile } from '@tongxing/protocol'
import type { Selectable } from 'kysely'
import type { AuditRecord } from '../../audit.js'
import type { Revocation, UserRecord } from '../store.js'

/** The tables. Times are ms since the epoch; ids, fingerprints and sealed values are ASCII text. */
export interface Tables {
  users: UsersTable
  identities: IdentitiesTable
  session_keys: SessionKeysTable
  sessions: SessionsTable
  revocations: RevocationsTable
  counters: CountersTable
  tickets: TicketsTable
  api_keys: ApiKeysTable
  access_tokens: AccessTokensTable
  phones: PhonesTable
  unions: UnionsTable
  union_conflicts: UnionConflictsTable
  disabled_apps: DisabledAppsTable
  phone_codes: PhoneCodesTable
  decrypt_failures: DecryptFailuresTable
  used_data: UsedDataTable
  audit: AuditTable
  audit_marks: AuditMarksTable
  consents: ConsentsTable
  avatars: AvatarsTable
  picture_checks: PictureChecksTable
  receipts: ReceiptsTable
  tombstones: TombstonesTable
}

export interface UsersTable {
  uid: string
  epoch: number
  created_at: number
  banned_at: number | null
  nickname: string | null
  avatar_url: string | null
  profile_source: Profile['source'] | null
  profile_updated_at: number | null
  /** Set once he was merged away: the row is an alias. Always a user who was not. */
  merged_into: string | null
  external_id: string | null
}

/** One (appid, openid) of a user. */
export interface IdentitiesTable {
  appid: string
  openid: string
  uid: string
  /** What WeChat said last. */
  unionid: string | null
  union_scope: string | null
  created_at: number
}

/** Whose a unionid is. Once learnt it stays: an app that moves to another account changes nothing of it. */
export interface UnionsTable {
  scope: string
  unionid: string
  uid: string
}

/** Identities whose unionid was found to be another user's; whether it still is, `unions` tells. */
export interface UnionConflictsTable {
  appid: string
  openid: string
  since: number
}

export interface DisabledAppsTable {
  appid: string
  disabled_at: number
}

/** Generations of WeChat's session_key, sealed. */
export interface SessionKeysTable {
  appid: string
  openid: string
  fingerprint: string
  sealed: string
  seen_at: number
  superseded_at: number | null
}

export interface SessionsTable {
  id: string
  uid: string
  appid: string
  openid: string | null
  epoch: number
  device: string | null
  issued_at: number
  expires_at: number
  ended_at: number | null
  end_reason: Revocation['reason'] | null
}

export interface RevocationsTable {
  seq: number
  kind: Revocation['kind']
  subject: string
  epoch: number
  reason: Revocation['reason']
  until: number
}

/** `revocation`: the last number given out. The row is locked until commit, so numbers become visible in order. */
export interface CountersTable {
  name: string
  value: number
}

/** One-time hand-overs to a web-view; the ticket itself is not kept. */
export interface TicketsTable {
  hash: string
  uid: string
  appid: string
  session_id: string
  expires_at: number
  used_at: number | null
}

/** Keys of back ends; the key itself is not kept. */
export interface ApiKeysTable {
  id: string
  hash: string
  name: string
  created_at: number
  revoked_at: number | null
}

/** WeChat's access_token of each app, sealed; '' before the first. */
export interface AccessTokensTable {
  appid: string
  sealed: string
  expires_at: number
  version: number
  forced_at: number
}

/** Phone numbers, sealed. */
export interface PhonesTable {
  uid: string
  sealed: string
  /** Keyed hash of the number: finds equal ones, tells nothing. */
  blind: string
  country_code: string
  verified_at: number
}

/** Codes of the phone button, by their hashes. */
export interface PhoneCodesTable {
  hash: string
  appid: string
  uid: string
  at: number
  /** `claimed`: on its way, or nobody knows what came of it. `refused`: WeChat gave no number for it. `bound`: its number is bound. */
  state: 'claimed' | 'refused' | 'bound'
}

/** Encrypted data that could not be verified: the budget of session and user. */
export interface DecryptFailuresTable {
  uid: string
  session_id: string
  at: number
}

/** Hashes of encrypted data that was used. */
export interface UsedDataTable {
  hash: string
  until: number
}

/** The audit log: a chain of hashes. */
export interface AuditTable {
  seq: number
  at: number
  event: AuditRecord['event']
  user: string | null
  appid: string | null
  subject: string | null
  detail: string | null
  hash: string
}

/** `start`: the last event that was pruned. `head`: the last one written; locked until commit, so that the chain has one order. */
export interface AuditMarksTable {
  name: 'start' | 'head'
  seq: number
  hash: string
}

/** What users agreed to. */
export interface ConsentsTable {
  uid: string
  purpose: string
  version: string
  given_at: number
  withdrawn_at: number | null
}

/** Pictures. Without a uid one is to be removed. */
export interface AvatarsTable {
  id: string
  uid: string | null
  remove_after: number | null
}

/** WeChat's checks of pictures. Without an avatar the verdict was quicker than the note of what it is about, or is on no avatar. */
export interface PictureChecksTable {
  appid: string
  trace_id: string
  avatar_id: string | null
  /** null until the verdict has come. */
  acceptable: number | null
  at: number
}

/** That a user was erased, and how much of each; `what` is JSON. */
export interface ReceiptsTable {
  id: string
  erased_at: number
  what: string
}

/** Keyed hashes of the names of erased users. */
export interface TombstonesTable {
  hash: string
  receipt_id: string
  erased_at: number
}

export function profileOf(row: Pick<Selectable<UsersTable>, 'nickname' | 'avatar_url' | 'profile_source' | 'profile_updated_at'>): Profile | null {
  if (row.profile_source === null || row.profile_updated_at === null) return null
  return { nickname: row.nickname, avatarUrl: row.avatar_url, source: row.profile_source, updatedAt: row.profile_updated_at }
}

export function userOf(row: Selectable<UsersTable>): UserRecord {
  return { uid: row.uid, epoch: row.epoch, createdAt: row.created_at, bannedAt: row.banned_at, profile: profileOf(row), externalId: row.external_id }
}
