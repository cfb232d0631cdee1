import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** Users that were merged away, and the openid of each session: one user may have several in an app from now on. */
export const merges: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('users').addColumn('merged_into', sql`text`).execute()
    await db.schema.createIndex('users_by_merged_into').on('users').column('merged_into').execute()
    await db.schema.alterTable('sessions').addColumn('openid', sql`text`).execute()
    await sql`update sessions set openid = (select i.openid from identities i where i.uid = sessions.uid and i.appid = sessions.appid)`.execute(db)
  },
}
