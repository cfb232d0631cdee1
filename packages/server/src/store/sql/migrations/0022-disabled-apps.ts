import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** Apps that are switched off. */
export const disabledApps: Migration = {
  up: (db: Kysely<unknown>) => db.schema.createTable('disabled_apps')
    .addColumn('appid', sql`text`, (c) => c.primaryKey())
    .addColumn('disabled_at', sql`integer`, (c) => c.notNull())
    .execute(),
}
