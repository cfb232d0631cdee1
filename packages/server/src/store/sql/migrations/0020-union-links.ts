import { sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** Whose each unionid is, within its Open Platform account, and which identities say otherwise. */
export const unionLinks: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('identities').addColumn('union_scope', sql`text`).execute()
    await db.schema.createTable('unions')
      .addColumn('scope', sql`text`, (c) => c.notNull())
      .addColumn('unionid', sql`text`, (c) => c.notNull())
      .addColumn('uid', sql`text`, (c) => c.notNull().references('users.uid'))
      .addPrimaryKeyConstraint('unions_pk', ['scope', 'unionid'])
      .execute()
    await db.schema.createIndex('unions_by_uid').on('unions').column('uid').execute()
    await db.schema.createTable('union_conflicts')
      .addColumn('appid', sql`text`, (c) => c.notNull())
      .addColumn('openid', sql`text`, (c) => c.notNull())
      .addColumn('since', sql`integer`, (c) => c.notNull())
      .addPrimaryKeyConstraint('union_conflicts_pk', ['appid', 'openid'])
      .execute()
    await sql`update identities set union_scope = 'default' where unionid is not null`.execute(db)
    // The oldest of several users is the owner; the others are told as conflicts.
    await sql`insert into unions (scope, unionid, uid)
      select 'default', unionid, uid from identities i where unionid is not null and not exists (
        select 1 from identities o where o.unionid = i.unionid and (o.created_at < i.created_at
          or (o.created_at = i.created_at and (o.appid < i.appid or (o.appid = i.appid and o.openid < i.openid)))))`.execute(db)
    await sql`insert into union_conflicts (appid, openid, since)
      select i.appid, i.openid, i.created_at from identities i join unions u on u.scope = i.union_scope and u.unionid = i.unionid where u.uid <> i.uid`.execute(db)
  },
}
