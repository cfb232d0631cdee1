import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** What users agreed to. */
export const consents: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('consents')
      .addColumn('uid', sql`text`, (c) => c.notNull().references('users.uid'))
      .addColumn('purpose', sql`text`, (c) => c.notNull())
      .addColumn('version', sql`text`, (c) => c.notNull())
      .addColumn('given_at', sql`integer`, (c) => c.notNull())
      .addColumn('withdrawn_at', sql`integer`)
      .execute()
    await db.schema.createIndex('consents_by_uid').on('consents').columns(['uid', 'purpose']).execute()
  },
}
