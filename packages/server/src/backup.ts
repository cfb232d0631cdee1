import { copyFileSync, cpSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { createAuth } from './auth.js'
import type { Auth } from './auth.js'
import { checkOptions } from './config.js'
import type { AuthOptions, Config } from './config.js'
import { ConfigError } from './errors.js'
import { ringOf } from './foundation.js'
import { createPseudonymiser } from './log.js'
import { carryEnds, copySqlite, findSqliteFault, isOfNewerVersion, readTombstones, settleSqlite } from './store/sql/sqlite-backup.js'
import { openSqliteStore } from './store/sql/sqlite.js'

/** What a restore has done. */
export interface Restored {
  /** Where the database that was replaced is kept, or null when there was none. */
  readonly kept: string | null
}

const DATABASE = 'tongxing.db'
const AVATARS = 'avatars'

/**
 * Copies database and avatars into a new folder, while servers are running. The sealing keys are not in it: keep them elsewhere, for
 * without them the copy tells nobody a phone number.
 * Throws ConfigError when the options are wrong or the store is not SQLite, and an Error with `code` `EEXIST` when the folder is there.
 *
 * ```ts
 * backup({ apps, dataDir: '/srv/tongxing' }, '/backups/2026-03-01')
 * ```
 */
export function backup(options: AuthOptions, folder: string): void {
  const { file, config } = embedded(options)
  mkdirSync(path.dirname(path.resolve(folder)), { recursive: true })
  mkdirSync(folder, { mode: 0o700 })
  copySqlite(file, path.join(folder, DATABASE))
  const avatars = path.join(config.dataDir, AVATARS)
  if (existsSync(avatars)) cpSync(avatars, path.join(folder, AVATARS), { recursive: true })
}

/**
 * Puts a backup in the place of the database; servers must be stopped. Every session ends, and the phones log in again silently: a token
 * that was ended after the backup was taken must not revive. Bans, revoked keys and erasures since then stay.
 * Throws ConfigError when the options or the backup are wrong; then nothing is changed.
 *
 * ```ts
 * const done = await restore({ apps, dataDir: '/srv/tongxing' }, '/backups/2026-03-01')
 * console.log(done)
 * ```
 */
export async function restore(options: AuthOptions, folder: string): Promise<Restored> {
  const { file, config } = embedded(options)
  const fault = findSqliteFault(path.join(folder, DATABASE))
  if (fault) throw new ConfigError([`${path.join(folder, DATABASE)}: ${fault}`])
  const aside = `${file}.restoring`
  rmSync(aside, { force: true })
  copySqlite(path.join(folder, DATABASE), aside)
  await prepare(aside, existsSync(file) ? file : null, options, config)
  const kept = replace(file, aside, config.clock.now())
  bringAvatars(path.join(folder, AVATARS), path.join(config.dataDir, AVATARS))
  return { kept }
}

async function prepare(aside: string, was: string | null, options: AuthOptions, config: Config): Promise<void> {
  const pseudonym = createPseudonymiser(ringOf(options, config).current.pseudonymKey)
  // What a newer version has written is read and left as it is: going back to a backup is the way out of an upgrade.
  if (was !== null && !isOfNewerVersion(was)) await (await openSqliteStore({ file: was, pseudonym })).close()
  const tombstones = was === null ? [] : readTombstones(was)
  await withAuth(options, aside, (auth) => auth.erasures.applyTombstones(tombstones))
  const store = await openSqliteStore({ file: aside, pseudonym })
  try {
    const revoked = was === null ? [] : carryEnds(was, aside)
    for (const kid of revoked) await store.revokeKey(kid, config.clock.now())
    await store.endEverything(config.clock.now())
  } finally {
    await store.close()
  }
}

async function withAuth<T>(options: AuthOptions, file: string, work: (auth: Auth) => Promise<T>): Promise<T> {
  const auth = await createAuth({ ...options, store: `sqlite:${file}` })
  try {
    return await work(auth)
  } finally {
    await auth.close()
  }
}

// The old file gets a second name before the new one takes its place: at no moment is there none.
function replace(file: string, aside: string, at: number): string | null {
  settleSqlite(aside)
  if (existsSync(file)) settleSqlite(file)
  const kept = existsSync(file) ? `${file}.${new Date(at).toISOString().replaceAll(/[:.]/g, '-')}` : null
  if (kept !== null) linkSync(file, kept)
  renameSync(aside, file)
  for (const rest of ['-wal', '-shm']) rmSync(`${file}${rest}`, { force: true })
  return kept
}

// Only what is missing: a picture that has been deleted since is not named by any user of the restored database that was not restored too.
function bringAvatars(from: string, into: string): void {
  if (!existsSync(from)) return
  mkdirSync(into, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(from)) if (!existsSync(path.join(into, name))) copyFileSync(path.join(from, name), path.join(into, name))
}

function embedded(options: AuthOptions): { readonly file: string, readonly config: Config } {
  const problems: string[] = []
  const config = checkOptions(options, problems)
  if ('custom' in config.database || config.database.sqlite === ':memory:') problems.push('backup and restore are for SQLite files; use the tools of your database')
  if (problems.length > 0) throw new ConfigError(problems)
  return { file: (config.database as { sqlite: string }).sqlite, config }
}
