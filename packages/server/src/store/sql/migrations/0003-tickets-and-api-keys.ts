import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** Hand-overs to web-views, and keys of back ends. */
export const ticketsAndApiKeys: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('tickets')
      .addColumn('hash', sql`text`, (c) => c.primaryKey())
      .addColumn('uid', sql`text`, (c) => c.notNull())
      .addColumn('appid', sql`text`, (c) => c.notNull())
      .addColumn('session_id', sql`text`, (c) => c.notNull())
      .addColumn('expires_at', sql`integer`, (c) => c.notNull())
      .addColumn('used_at', sql`integer`)
      .execute()
    await db.schema.createIndex('tickets_by_expiry').on('tickets').column('expires_at').execute()
    await db.schema.createTable('api_keys')
      .addColumn('id', sql`text`, (c) => c.primaryKey())
      .addColumn('hash', sql`text`, (c) => c.notNull().unique())
      .addColumn('name', sql`text`, (c) => c.notNull())
      .addColumn('created_at', sql`integer`, (c) => c.notNull())
      .addColumn('revoked_at', sql`integer`)
      .execute()
  },
}
