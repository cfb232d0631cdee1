import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** Codes of the phone button, by their hashes. */
export const phoneCodes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('phone_codes')
      .addColumn('hash', sql`text`, (c) => c.primaryKey())
      .addColumn('appid', sql`text`, (c) => c.notNull())
      .addColumn('uid', sql`text`, (c) => c.notNull())
      .addColumn('at', sql`integer`, (c) => c.notNull())
      .addColumn('state', sql`text`, (c) => c.notNull())
      .execute()
    await db.schema.createIndex('phone_codes_by_uid').on('phone_codes').columns(['uid', 'at']).execute()
    await db.schema.createIndex('phone_codes_by_appid').on('phone_codes').columns(['appid', 'at']).execute()
  },
}
