import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** Budget and single use of encrypted data. */
export const encryptedData: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('decrypt_failures')
      .addColumn('uid', sql`text`, (c) => c.notNull())
      .addColumn('session_id', sql`text`, (c) => c.notNull())
      .addColumn('at', sql`integer`, (c) => c.notNull())
      .execute()
    await db.schema.createIndex('decrypt_failures_by_uid').on('decrypt_failures').columns(['uid', 'at']).execute()
    await db.schema.createTable('used_data')
      .addColumn('hash', sql`text`, (c) => c.primaryKey())
      .addColumn('until', sql`integer`, (c) => c.notNull())
      .execute()
    await db.schema.createIndex('used_data_by_end').on('used_data').column('until').execute()
  },
}
