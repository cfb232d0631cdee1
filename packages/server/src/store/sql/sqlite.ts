import { chmodSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CompiledQuery, Kysely, SqliteAdapter, SqliteDriver, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely'
import type { DatabaseConnection, Dialect, SqliteDatabase, TransactionSettings } from 'kysely'
import type { Pseudonymise } from '../../log.js'
import type { Store } from '../store.js'
import { ERASED } from './erasures.js'
import { migrate } from './migrations.js'
import type { Tables } from './schema.js'
import { openSqlite } from './sqlite-driver.js'
import { createSqlStore } from './sql-store.js'

/** How the embedded store is opened. */
export interface SqliteOptions {
  /** Path of the database file, or `:memory:`. Its folder is made when missing. */
  readonly file: string
  /** What the audit log calls a uid. */
  readonly pseudonym: Pseudonymise
  /** Called with each statement of the writing connection just before it runs. Internal: the tests end the process there. */
  readonly beforeStatement?: (sql: string) => void
}

// The first is for opening and migrating, when several servers may start on one fresh file.
const PRAGMAS = [
  'busy_timeout = 5000',
  'journal_mode = WAL',
  'synchronous = FULL', // an acknowledged login survives a power cut; group commit pays for it
  'foreign_keys = ON',
  'secure_delete = ON', // what is deleted is overwritten: erasing a person must leave no bytes
  // Pages, 16 MB. A group of logins writes 400 pages, most of them again with the next group: a checkpoint copies each once, and holds everybody up for two fsyncs.
  'wal_autocheckpoint = 4000',
  'temp_store = MEMORY', // a rewrite copies every row: not into a file of its own
  'mmap_size = 268435456',
  'cache_size = -32768', // KiB: the pages that a group of logins writes fit in, where SQLite's own 2 MB spill them before the commit
]

/** Opens the embedded store and brings it to the current schema. */
export async function openSqliteStore({ file, pseudonym, beforeStatement }: SqliteOptions): Promise<Store> {
  const inMemory = file === ':memory:'
  if (!inMemory) mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 })
  const write = connect(file, beforeStatement)
  if (!inMemory && process.platform !== 'win32') chmodSync(file, 0o600)
  await migrate(write)
  // A second connection for readers: in WAL they see the last commit and wait for nobody. A database in memory is its connection's alone.
  const read = inMemory ? write : connect(file)
  const overwriteTraces = (waitMs: number): Promise<void> => cutLog(write, waitMs)
  // Of a process that ended between an erasure and this.
  await overwriteTraces(0)
  return createSqlStore({ write, read, isRowFault, pseudonym, overwriteTraces, rewrite: () => rewrite(write) })
}

/** How long the write-ahead log of a database file is, in bytes. It cannot be cut while somebody still reads what was there before. */
export function logBytesOf(file: string): number {
  return statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
}

// secure_delete overwrites in the database file; the write-ahead log holds older pages until it is cut, which waits for readers elsewhere.
async function cutLog(write: Kysely<Tables>, waitMs: number): Promise<void> {
  const startedAt = performance.now()
  for (;;) {
    const { rows: [result] } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(write)
    if (result?.busy === 0 || performance.now() - startedAt >= waitMs) return
    await sleep(RETRY_MS)
  }
}

/** A larger file would take seconds, in which nobody logs in. */
const LARGEST_REWRITE_BYTES = 64 * 1024 * 1024

// secure_delete overwrites a row where it lies. But where a page of an index was split, SQLite leaves the bytes of the keys that moved in its
// free space, and of a key that is deleted later they still stand there: only a file that is written anew is without them.
async function rewrite(write: Kysely<Tables>): Promise<void> {
  const { rows: [now] } = await sql<{ erased: number, bytes: number }>`
    select (select value from counters where name = ${ERASED}) as erased, page_count * page_size as bytes from pragma_page_count, pragma_page_size`.execute(write)
  if (!now?.erased || now.bytes > LARGEST_REWRITE_BYTES) return
  try {
    await sql`vacuum`.execute(write)
  } catch (error) {
    if (isBusy(error)) return // its turn comes a minute later
    throw error
  }
  await write.updateTable('counters').set({ value: sql<number>`value - ${now.erased}` }).where('name', '=', ERASED).execute()
}

function connect(file: string, beforeStatement?: (sql: string) => void): Kysely<Tables> {
  const database = openSqlite(file)
  for (const pragma of PRAGMAS) database.prepare(`pragma ${pragma}`).all([])
  return new Kysely<Tables>({ dialect: immediateSqlite(beforeStatement ? announced(database, beforeStatement) : database) })
}

function announced(database: SqliteDatabase, beforeStatement: (sql: string) => void): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql)
      const announce = <Result>(run: (parameters: readonly unknown[]) => Result) => (parameters: readonly unknown[]): Result => {
        beforeStatement(sql)
        return run(parameters)
      }
      return { reader: statement.reader, all: announce(statement.all), run: announce(statement.run), iterate: announce(statement.iterate) }
    },
  }
}

const LONGEST_WAIT_MS = 5000
const RETRY_MS = 5

/**
 * A deferred transaction that turns into a writer can fail with BUSY whatever the timeout; an immediate one waits its turn.
 * SQLite's own waiting blocks the event loop, so that it is switched off here and the wait is asynchronous.
 * It counts from when the connection was asked for: transactions that queue behind a locked database must not wait one after the other.
 */
class ImmediateSqliteDriver extends SqliteDriver {
  // Of the transaction that holds the connection; there is one at a time.
  #askedAt = 0

  override async acquireConnection(): Promise<DatabaseConnection> {
    const askedAt = performance.now()
    const connection = await super.acquireConnection()
    this.#askedAt = askedAt
    return connection
  }

  override async beginTransaction(connection: DatabaseConnection, _settings?: TransactionSettings): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('pragma busy_timeout = 0'))
    for (;;) {
      try {
        await connection.executeQuery(CompiledQuery.raw('begin immediate'))
        return
      } catch (error) {
        if (!isBusy(error) || performance.now() - this.#askedAt > LONGEST_WAIT_MS) throw error
        await sleep(RETRY_MS)
      }
    }
  }
}

// Kysely takes SQLite's DDL for not transactional; it is, and a migration must happen once and whole.
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean { return true }
}

const BUSY = 5
const CONSTRAINT = 19

const isBusy = (error: unknown): boolean => hasCode(error, BUSY, 'SQLITE_BUSY')

// What one row can be at fault for: a key that exists, or a value that cannot be bound.
const isRowFault = (error: unknown): boolean => error instanceof TypeError || hasCode(error, CONSTRAINT, 'SQLITE_CONSTRAINT')

// libsql names the code, node:sqlite numbers it; both add extended codes (the low byte is the primary one).
function hasCode(error: unknown, primary: number, name: string): boolean {
  const { code, errcode } = error as { code?: unknown, errcode?: unknown }
  return (typeof errcode === 'number' && (errcode & 0xff) === primary) || (typeof code === 'string' && code.startsWith(name))
}

function immediateSqlite(database: SqliteDatabase): Dialect {
  return {
    createDriver: () => new ImmediateSqliteDriver({ database }),
    createAdapter: () => new TransactionalSqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}
