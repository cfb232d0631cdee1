import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** Which picture belongs to whom. */
export const avatars: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('avatars')
      .addColumn('id', sql`text`, (c) => c.primaryKey())
      .addColumn('uid', sql`text`, (c) => c.references('users.uid'))
      .addColumn('remove_after', sql`integer`)
      .execute()
    await db.schema.createIndex('avatars_by_uid').on('avatars').column('uid').execute()
    await db.schema.createIndex('avatars_by_removal').on('avatars').column('remove_after').execute()
  },
}
