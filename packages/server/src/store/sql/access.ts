import type { Kysely, Transaction } from 'kysely'
import type { WriteAudit } from './audit.js'
import type { Tables } from './schema.js'

/** How the operations reach the database. */
export interface SqlAccess {
  /** Everything outside a transaction. */
  readonly db: Kysely<Tables>
  /** All of the work or none of it, durable when it resolves. */
  readonly inTransaction: <T>(work: (tx: Transaction<Tables>) => Promise<T>) => Promise<T>
  /** Overwrites what was deleted wherever it still stands, as far as that can be done within `waitMs`. */
  readonly overwriteTraces: (waitMs: number) => Promise<void>
  /** The events of a transaction, as its last statements. */
  readonly writeAudit: WriteAudit
}
