import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** The application's own ids of users that were imported. */
export const externalIds: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('users').addColumn('external_id', sql`text`).execute()
    await db.schema.createIndex('users_by_external_id').on('users').column('external_id').unique().execute()
  },
}
