import type { AuditEvent, AuditMark, AuditRecord } from '../../audit.js'

/** An event as it is handed to the store, which puts a pseudonym in the place of the uid. */
export interface AuditNote extends Pick<AuditEvent, 'at' | 'event'>, Partial<Pick<AuditEvent, 'appid' | 'subject' | 'detail'>> {
  /** null when the event is about no user. */
  readonly uid: string | null
}

/**
 * The audit log. Every operation that changes who may do what writes its own events, in its own transaction: neither exists without
 * the other.
 */
export interface AuditStore {
  /** Writes events that stand alone, in this order. */
  addAudit(notes: readonly AuditNote[]): Promise<void>
  /** Events after `seq`, in order, at most `limit`; with `users` those of these pseudonyms alone. */
  auditAfter(seq: number, limit: number, users?: readonly string[]): Promise<readonly AuditRecord[]>
  /** Where the chain begins (the last event that was pruned, or seq 0) and where it ends. */
  auditEnds(): Promise<AuditEnds>
  /** Forgets the oldest events that are older than `before`, at most `limit`; the chain begins behind them from then on. */
  pruneAudit(before: number, limit: number): Promise<void>
}

/** The two ends of the chain. */
export interface AuditEnds {
  readonly start: AuditMark
  readonly head: AuditMark
}
