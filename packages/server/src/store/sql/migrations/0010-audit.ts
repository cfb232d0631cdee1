import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** The audit log: a chain of hashes, and the marks of its two ends. */
export const audit: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('audit')
      .addColumn('seq', sql`integer`, (c) => c.primaryKey())
      .addColumn('at', sql`integer`, (c) => c.notNull())
      .addColumn('event', sql`text`, (c) => c.notNull())
      .addColumn('user', sql`text`)
      .addColumn('appid', sql`text`)
      .addColumn('subject', sql`text`)
      .addColumn('detail', sql`text`)
      .addColumn('hash', sql`text`, (c) => c.notNull())
      .execute()
    await db.schema.createIndex('audit_by_user').on('audit').columns(['user', 'seq']).execute()
    await db.schema.createTable('audit_marks')
      .addColumn('name', sql`text`, (c) => c.primaryKey())
      .addColumn('seq', sql`integer`, (c) => c.notNull())
      .addColumn('hash', sql`text`, (c) => c.notNull())
      .execute()
    await sql`insert into audit_marks (name, seq, hash) values ('start', 0, ''), ('head', 0, '')`.execute(db)
  },
}
