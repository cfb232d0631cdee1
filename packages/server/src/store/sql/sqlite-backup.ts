import { chmodSync, existsSync } from 'node:fs'
import type { Tombstone } from '../store.js'
import { unknownSteps } from './migrations.js'
import { openSqlite } from './sqlite-driver.js'

/**
 * Copies a database that is in use, in one consistent state: VACUUM INTO reads one snapshot and does not wait for writers.
 * Throws when the target exists.
 */
export function copySqlite(from: string, into: string): void {
  if (existsSync(into)) throw Object.assign(new Error(`${into} is there already; name a new place`), { code: 'EEXIST' })
  withDatabase(from, (run) => run('vacuum into ?', [into]))
  if (process.platform !== 'win32') chmodSync(into, 0o600)
}

/** Why a file is no database of ours, or null when it is one and whole. */
export function findSqliteFault(file: string): string | null {
  if (!existsSync(file)) return 'there is no such file'
  try {
    return withDatabase(file, (run) => {
      const [integrity] = run('pragma integrity_check') as { integrity_check: string }[]
      if (integrity?.integrity_check !== 'ok') return `it is damaged: ${integrity?.integrity_check}`
      if (!hasTable(run, 'revocations')) return 'it is not a database of Tongxing'
      const [step] = unknownStepsIn(run)
      return step === undefined ? null : `it was changed by a newer version of Tongxing (step ${step}), which alone can restore it`
    })
  } catch (error) {
    return `it cannot be read: ${(error as Error).message}`
  }
}

// What was ended after a backup was taken, and must not come back with it. The numbers of the feed go on behind those already given out.
const CARRIED: readonly string[] = [
  'update api_keys set revoked_at = (select revoked_at from was.api_keys k where k.id = api_keys.id) where revoked_at is null and id in (select id from was.api_keys where revoked_at is not null)',
  'update users set banned_at = (select banned_at from was.users u where u.uid = users.uid) where banned_at is null and uid in (select uid from was.users where banned_at is not null)',
  'insert or ignore into disabled_apps (appid, disabled_at) select appid, disabled_at from was.disabled_apps',
  'update counters set value = max(value, (select value from was.counters w where w.name = counters.name)) where name = \'revocation\'',
]

/**
 * Brings bans, disabled apps, revoked api keys and the number of the last revocation from the database that is replaced into the one that takes its
 * place; returns the sealing keys that were revoked. Neither may be of an older schema; the one that is replaced may be of a newer one.
 */
export function carryEnds(was: string, into: string): readonly string[] {
  return withDatabase(into, (run) => {
    run('attach database ? as was', [was])
    run('begin immediate')
    for (const statement of CARRIED) run(statement)
    run('commit')
    const keys = run('select subject from was.revocations where kind = \'key\'') as { subject: string }[]
    run('detach database was')
    return keys.map(({ subject }) => subject)
  })
}

/** True when a newer version of Tongxing has changed the database: this one cannot open it as a store. */
export function isOfNewerVersion(file: string): boolean {
  return withDatabase(file, unknownStepsIn).length > 0
}

/** What stays of erased users, whatever version the database is of. */
export function readTombstones(file: string): readonly Tombstone[] {
  return withDatabase(file, (run) => (hasTable(run, 'tombstones') ? run('select hash, receipt_id as receiptId, erased_at as erasedAt from tombstones order by hash') as Tombstone[] : []))
}

/** Moves everything from the write-ahead log into the file itself, so that the file alone is the database. Throws while somebody uses it. */
export function settleSqlite(file: string): void {
  const [outcome] = withDatabase(file, (run) => run('pragma wal_checkpoint(truncate)')) as { busy: number }[]
  if (outcome?.busy !== 0) throw Object.assign(new Error(`${file} is in use: stop every server of this database`), { code: 'EBUSY' })
}

function unknownStepsIn(run: Run): readonly string[] {
  return unknownSteps((run('select name from kysely_migration') as { name: string }[]).map(({ name }) => name))
}

function hasTable(run: Run, name: string): boolean {
  return run('select name from sqlite_master where name = ?', [name]).length > 0
}

type Run = (sql: string, parameters?: readonly string[]) => readonly unknown[]

function withDatabase<T>(file: string, work: (run: Run) => T): T {
  const database = openSqlite(file)
  try {
    return work((sql, parameters = []) => {
      const statement = database.prepare(sql)
      if (statement.reader) return statement.all(parameters)
      statement.run(parameters)
      return []
    })
  } finally {
    database.close()
  }
}
