import { createHash } from 'node:crypto'

/** What the audit log tells of. */
export type AuditEventName =
  | 'first_login' | 'login' | 'session_ended' | 'sessions_ended' | 'banned' | 'ban_lifted'
  | 'avatar_withdrawn' | 'phone_bound' | 'phone_taken' | 'consent_given' | 'consent_withdrawn'
  | 'exported' | 'erased' | 'merged' | 'imported' | 'union_conflict' | 'app_disabled' | 'app_enabled'
  | 'api_key_created' | 'api_key_revoked' | 'key_revoked' | 'restored' | 'seal_broken'

/** One event. It names nobody: users stand in it by pseudonym, so that erasing a person never needs to change it. */
export interface AuditEvent {
  /** ms since the epoch. */
  readonly at: number
  readonly event: AuditEventName
  /** Pseudonym of the user, the same as in the log lines; null when the event is about none. */
  readonly user: string | null
  readonly appid: string | null
  /** What else it is about: a session id, a purpose, the id of an api key, a kid, the id of a receipt, a table, the trace id of a content check. */
  readonly subject: string | null
  /** Why a session ended, the version of a consent, WeChat's opinion of a picture. */
  readonly detail: string | null
}

/** An event in its place. */
export interface AuditRecord extends AuditEvent {
  /** 1 for the first event ever; no number is left out. */
  readonly seq: number
  /** Of the event and of the hash before it: whoever changes one row changes all hashes after it. */
  readonly hash: string
}

/** A place in the chain. */
export type AuditMark = Pick<AuditRecord, 'seq' | 'hash'>

/** Puts events behind the last one. */
export function chainAudit(last: AuditMark, events: readonly AuditEvent[]): AuditRecord[] {
  let { seq, hash } = last
  return events.map((event) => {
    seq++
    hash = hashOf(hash, seq, event)
    return { ...event, seq, hash }
  })
}

/** The number at which the records no longer follow from the one before them, or null when all do. */
export function findBreak(last: AuditMark, records: readonly AuditRecord[]): number | null {
  let { seq, hash } = last
  for (const record of records) {
    seq++
    if (record.seq !== seq || record.hash !== hashOf(hash, seq, record)) return seq
    hash = record.hash
  }
  return null
}

// JSON of a list: every value has one spelling and one place, so that nothing can move from one field to its neighbour.
function hashOf(previous: string, seq: number, { at, event, user, appid, subject, detail }: AuditEvent): string {
  return createHash('sha256').update(JSON.stringify([previous, seq, at, event, user, appid, subject, detail])).digest('base64url')
}
