import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** What stays of erased users: receipts, and keyed hashes of their names. */
export const erasures: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('receipts')
      .addColumn('id', sql`text`, (c) => c.primaryKey())
      .addColumn('erased_at', sql`integer`, (c) => c.notNull())
      .addColumn('what', sql`text`, (c) => c.notNull())
      .execute()
    await db.schema.createTable('tombstones')
      .addColumn('hash', sql`text`, (c) => c.primaryKey())
      .addColumn('receipt_id', sql`text`, (c) => c.notNull())
      .addColumn('erased_at', sql`integer`, (c) => c.notNull())
      .execute()
  },
}
