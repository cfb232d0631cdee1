import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CompiledQuery, Kysely, SqliteAdapter, SqliteDriver, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { DatabaseConnection, Dialect, SqliteDatabase, TransactionSettings } from 'kysely'
import type { Store } from '../store.js'
import { migrate } from './migrations.js'
import type { Tables } from './schema.js'
import { openSqlite } from './sqlite-driver.js'
import { createSqlStore } from './sql-store.js'

/** How the embedded store is opened. */
export interface SqliteOptions {
  /** Path of the database file, or `:memory:`. Its folder is made when missing. */
  readonly file: string
}

const PRAGMAS = [
  'journal_mode = WAL',
  'synchronous = FULL', // an acknowledged login survives a power cut; group commit pays for it
  'busy_timeout = 100', // what blocks the event loop at most; longer waits are asynchronous, see beginTransaction
  'foreign_keys = ON',
  'secure_delete = ON', // what is deleted is overwritten: erasing a person must leave no bytes
  'mmap_size = 268435456',
]

/** Opens the embedded store and brings it to the current schema. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  if (options.file !== ':memory:') mkdirSync(path.dirname(path.resolve(options.file)), { recursive: true, mode: 0o700 })
  const database = openSqlite(options.file)
  for (const pragma of PRAGMAS) database.prepare(`pragma ${pragma}`).all([])
  const db = new Kysely<Tables>({ dialect: immediateSqlite(database) })
  await migrate(db)
  return createSqlStore(db)
}

const LONGEST_WAIT_MS = 10_000
const RETRY_MS = 5

// A deferred transaction that turns into a writer can fail with BUSY whatever the timeout; an immediate one waits its turn.
class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection, _settings?: TransactionSettings): Promise<void> {
    const startedAt = performance.now()
    for (;;) {
      try {
        await connection.executeQuery(CompiledQuery.raw('begin immediate'))
        return
      } catch (error) {
        if (!isBusy(error) || performance.now() - startedAt > LONGEST_WAIT_MS) throw error
        await sleep(RETRY_MS)
      }
    }
  }
}

// Kysely takes SQLite's DDL for not transactional; it is, and a migration must happen once and whole.
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean { return true }
}

function isBusy(error: unknown): boolean {
  const { code, errcode } = error as { code?: string, errcode?: number }
  return code === 'SQLITE_BUSY' || errcode === 5
}

function immediateSqlite(database: SqliteDatabase): Dialect {
  return {
    createDriver: () => new ImmediateSqliteDriver({ database }),
    createAdapter: () => new TransactionalSqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}
