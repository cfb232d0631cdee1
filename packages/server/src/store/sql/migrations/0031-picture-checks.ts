import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** Which verdict of WeChat's will be on which picture, and verdicts that were quicker than that. */
export const pictureChecks: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('picture_checks')
      .addColumn('appid', sql`text`, (c) => c.notNull())
      .addColumn('trace_id', sql`text`, (c) => c.notNull())
      .addColumn('avatar_id', sql`text`)
      .addColumn('acceptable', sql`integer`)
      .addColumn('at', sql`integer`, (c) => c.notNull())
      .addPrimaryKeyConstraint('picture_checks_key', ['appid', 'trace_id'])
      .execute()
    await db.schema.createIndex('picture_checks_by_avatar').on('picture_checks').column('avatar_id').execute()
  },
}
