import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** WeChat’s access_token, one row an app. */
export const accessTokens: Migration = {
  up: (db: Kysely<unknown>) => db.schema.createTable('access_tokens')
    .addColumn('appid', sql`text`, (c) => c.primaryKey())
    .addColumn('sealed', sql`text`, (c) => c.notNull())
    .addColumn('expires_at', sql`integer`, (c) => c.notNull())
    .addColumn('version', sql`integer`, (c) => c.notNull())
    .addColumn('forced_at', sql`integer`, (c) => c.notNull())
    .execute(),
}
