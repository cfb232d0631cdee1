import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** Phone numbers, sealed, with a blind index. */
export const phones: Migration = {
  up: (db: Kysely<unknown>) => db.schema.createTable('phones')
    .addColumn('uid', sql`text`, (c) => c.primaryKey().references('users.uid'))
    .addColumn('sealed', sql`text`, (c) => c.notNull())
    .addColumn('blind', sql`text`, (c) => c.notNull().unique())
    .addColumn('country_code', sql`text`, (c) => c.notNull())
    .addColumn('verified_at', sql`integer`, (c) => c.notNull())
    .execute(),
}
