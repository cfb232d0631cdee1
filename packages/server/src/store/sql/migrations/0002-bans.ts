import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** When a user was banned. */
export const bans: Migration = {
  up: (db: Kysely<unknown>) => db.schema.alterTable('users').addColumn('banned_at', sql`integer`).execute(),
}
