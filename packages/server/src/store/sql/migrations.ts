import { Migrator, sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'
import type { Tables } from './schema.js'

// One step a migration, and names that sort in the order of time; a step that has been released never changes.
const MIGRATIONS: Record<string, Migration> = {
  '0001_first': {
    async up(db: Kysely<unknown>) {
      const text = sql`text`
      const integer = sql`integer`
      await db.schema.createTable('users')
        .addColumn('uid', text, (c) => c.primaryKey())
        .addColumn('epoch', integer, (c) => c.notNull())
        .addColumn('created_at', integer, (c) => c.notNull())
        .addColumn('nickname', text)
        .addColumn('avatar_url', text)
        .addColumn('profile_source', text)
        .addColumn('profile_updated_at', integer)
        .execute()
      await db.schema.createTable('identities')
        .addColumn('appid', text, (c) => c.notNull())
        .addColumn('openid', text, (c) => c.notNull())
        .addColumn('uid', text, (c) => c.notNull().references('users.uid'))
        .addColumn('unionid', text)
        .addColumn('created_at', integer, (c) => c.notNull())
        .addPrimaryKeyConstraint('identities_pk', ['appid', 'openid'])
        .execute()
      await db.schema.createIndex('identities_by_uid').on('identities').columns(['uid', 'appid']).execute()
      await db.schema.createTable('session_keys')
        .addColumn('appid', text, (c) => c.notNull())
        .addColumn('openid', text, (c) => c.notNull())
        .addColumn('fingerprint', text, (c) => c.notNull())
        .addColumn('sealed', text, (c) => c.notNull())
        .addColumn('seen_at', integer, (c) => c.notNull())
        .addColumn('superseded_at', integer)
        .addPrimaryKeyConstraint('session_keys_pk', ['appid', 'openid', 'fingerprint'])
        .execute()
      await db.schema.createTable('sessions')
        .addColumn('id', text, (c) => c.primaryKey())
        .addColumn('uid', text, (c) => c.notNull().references('users.uid'))
        .addColumn('appid', text, (c) => c.notNull())
        .addColumn('epoch', integer, (c) => c.notNull())
        .addColumn('device', text)
        .addColumn('issued_at', integer, (c) => c.notNull())
        .addColumn('expires_at', integer, (c) => c.notNull())
        .addColumn('ended_at', integer)
        .addColumn('end_reason', text)
        .execute()
      await db.schema.createIndex('sessions_by_uid').on('sessions').column('uid').execute()
      await db.schema.createIndex('sessions_by_expiry').on('sessions').column('expires_at').execute()
      await db.schema.createTable('revocations')
        .addColumn('seq', integer, (c) => c.primaryKey())
        .addColumn('kind', text, (c) => c.notNull())
        .addColumn('subject', text, (c) => c.notNull())
        .addColumn('epoch', integer, (c) => c.notNull())
        .addColumn('reason', text, (c) => c.notNull())
        .addColumn('until', integer, (c) => c.notNull())
        .execute()
      await db.schema.createTable('counters')
        .addColumn('name', text, (c) => c.primaryKey())
        .addColumn('value', integer, (c) => c.notNull())
        .execute()
      await sql`insert into counters (name, value) values ('revocation', 0)`.execute(db)
    },
  },
  '0003_tickets_and_api_keys': {
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
  },
  '0006_encrypted_data': {
    async up(db: Kysely<unknown>) {
      await db.schema.createTable('decrypt_failures')
        .addColumn('uid', sql`text`, (c) => c.notNull())
        .addColumn('session_id', sql`text`, (c) => c.notNull())
        .addColumn('at', sql`integer`, (c) => c.notNull())
        .execute()
      await db.schema.createIndex('decrypt_failures_by_uid').on('decrypt_failures').columns(['uid', 'at']).execute()
      await db.schema.createTable('used_data')
        .addColumn('hash', sql`text`, (c) => c.primaryKey())
        .addColumn('until', sql`integer`, (c) => c.notNull())
        .execute()
      await db.schema.createIndex('used_data_by_end').on('used_data').column('until').execute()
    },
  },
  '0005_phones': {
    up: (db: Kysely<unknown>) => db.schema.createTable('phones')
      .addColumn('uid', sql`text`, (c) => c.primaryKey().references('users.uid'))
      .addColumn('sealed', sql`text`, (c) => c.notNull())
      .addColumn('blind', sql`text`, (c) => c.notNull().unique())
      .addColumn('country_code', sql`text`, (c) => c.notNull())
      .addColumn('verified_at', sql`integer`, (c) => c.notNull())
      .execute(),
  },
  '0004_access_tokens': {
    up: (db: Kysely<unknown>) => db.schema.createTable('access_tokens')
      .addColumn('appid', sql`text`, (c) => c.primaryKey())
      .addColumn('sealed', sql`text`, (c) => c.notNull())
      .addColumn('expires_at', sql`integer`, (c) => c.notNull())
      .addColumn('version', sql`integer`, (c) => c.notNull())
      .addColumn('forced_at', sql`integer`, (c) => c.notNull())
      .execute(),
  },
  '0002_bans': {
    up: (db: Kysely<unknown>) => db.schema.alterTable('users').addColumn('banned_at', sql`integer`).execute(),
  },
}

/** Brings the database to this version. Throws what the failing step threw; earlier steps stay. */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error instanceof Error ? error : new Error('migration failed', { cause: error })
}
