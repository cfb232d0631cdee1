import path from 'node:path'
import { checkOptions } from './config.js'
import type { AuthOptions, Config } from './config.js'
import { ConfigError } from './errors.js'
import { createPseudonymiser } from './log.js'
import type { Logger, Pseudonymise } from './log.js'
import { createMetrics } from './metrics.js'
import type { Metrics } from './metrics.js'
import type { StoredSealer } from './secret.js'
import { cipherReady } from './session/cipher.js'
import { createRevocationFeed } from './session/feed.js'
import type { RevocationFeed } from './session/feed.js'
import { loadKeyFile } from './session/key-file.js'
import { parseKeyRing } from './session/keys.js'
import type { KeyRing } from './session/keys.js'
import { createRevocationIndex } from './session/revocation.js'
import type { RevocationIndex } from './session/revocation.js'
import { createSealer } from './session/sealer.js'
import { createStoredSealer } from './session/stored-sealer.js'
import { createTokenSeal } from './session/token.js'
import type { TokenSeal } from './session/token.js'
import { guardAvatars, guardStore } from './store/guarded.js'
import { logBytesOf, openSqliteStore } from './store/sql/sqlite.js'
import type { AvatarStore, Store } from './store/store.js'
import { createFolderAvatars } from './user/avatar-store.js'
import { createLines } from './wechat/line.js'
import type { Lines } from './wechat/line.js'

/** What every flow stands on: the options, the database, the keys, the revocations, the way to WeChat. */
export interface Foundation extends Config {
  /** Its failures are `store_unavailable`. */
  readonly store: Store
  /** The same. */
  readonly avatars: AvatarStore
  readonly lines: Lines
  readonly ring: KeyRing
  readonly tokens: TokenSeal
  readonly sealer: StoredSealer
  readonly index: RevocationIndex
  readonly feed: RevocationFeed
  readonly pseudonym: Pseudonymise
  readonly metrics: Metrics
  readonly now: () => number
  /** Runs a chore every minute, until `close`; its failures are warnings. */
  eachMinute(chore: () => Promise<void>): void
  /** Ends timers, connections, the database. */
  close(): Promise<void>
}

const CHORES_EVERY_MS = 60_000
const PRUNE_ROWS = 1000
const LARGE_LOG_BYTES = 64 * 1024 * 1024

/**
 * Resolves when the database is migrated and all revocations are loaded.
 * Throws ConfigError naming every mistake of the options.
 */
export async function createFoundation(options: AuthOptions): Promise<Foundation> {
  const problems: string[] = []
  const config = checkOptions(options, problems)
  const given = checkKeys(options, problems)
  if (problems.length > 0) throw new ConfigError(problems)
  const { clock, log } = config
  const now = (): number => clock.now()
  await cipherReady()
  const ring = given ?? loadKeyFile(config.dataDir)
  const pseudonym = createPseudonymiser(ring.current.pseudonymKey)
  const store = guardStore(await openStore(config, pseudonym), config.storeTimeoutMs)
  const metrics = createMetrics()
  const lines = createLines(config.wechat, { now, log, metrics })
  const index = createRevocationIndex(now)
  const feed = createRevocationFeed({ store, index, log, ...config.timing })
  await feed.start().catch(async (error: unknown) => {
    await Promise.all([lines.close(), store.close()])
    throw error
  })
  metrics.gauge('tongxing_revocations', 'Revocations held in memory', () => index.size)
  metrics.gauge('tongxing_revocation_feed_age_seconds', 'Since the revocations were last read', () => feed.ageMs() / 1000)
  const chores = createChores(log)
  chores.add(() => prune(store, config))
  watchLog(config, metrics, chores.add)
  return {
    ...config, store, avatars: guardAvatars(config.avatars ?? createFolderAvatars(path.join(config.dataDir, 'avatars')), config.storeTimeoutMs), lines, ring, index, feed, metrics, now, pseudonym,
    tokens: createTokenSeal(ring),
    sealer: createStoredSealer(createSealer(ring), { store, now, log, pseudonym }),
    eachMinute: chores.add,
    async close() {
      chores.stop()
      feed.stop()
      await lines.close()
      await store.close()
    },
  }
}

/**
 * Every mistake of the options, without starting anything; empty when `createAuth()` would take them.
 *
 * ```ts
 * for (const problem of problemsOf({ apps })) console.error(problem)
 * ```
 */
export function problemsOf(options: AuthOptions): readonly string[] {
  const problems: string[] = []
  checkOptions(options, problems)
  checkKeys(options, problems)
  return problems
}

/** The sealing keys: those of the options, or of the data folder. Throws ConfigError. */
export function ringOf({ keys }: AuthOptions, { dataDir }: Config): KeyRing {
  return keys === undefined ? loadKeyFile(dataDir) : parseKeyRing(keys)
}

function checkKeys({ keys }: AuthOptions, problems: string[]): KeyRing | null {
  if (keys === undefined) return null
  try {
    return parseKeyRing(String(keys))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    problems.push(...error.problems)
    return null
  }
}

async function openStore({ database }: Config, pseudonym: Pseudonymise): Promise<Store> {
  return 'custom' in database ? database.custom : openSqliteStore({ file: database.sqlite, pseudonym })
}

async function prune(store: Store, { clock, auditLifeMs }: Config): Promise<void> {
  await store.prune(clock.now(), PRUNE_ROWS)
  await store.pruneAudit(clock.now() - auditLifeMs, PRUNE_ROWS)
}

// The log is cut each minute, with what is pruned: a long one has a reader that does not end, a forgotten shell or a slow copy.
function watchLog({ database, log }: Config, metrics: Metrics, eachMinute: Foundation['eachMinute']): void {
  if ('custom' in database) return
  const bytes = (): number => logBytesOf(database.sqlite)
  metrics.gauge('tongxing_database_log_bytes', 'Length of the write-ahead log of SQLite', bytes)
  eachMinute(async () => {
    if (bytes() > LARGE_LOG_BYTES) log.warn({ event: 'database_log_large', bytes: bytes() }, 'somebody reads the database without end: its log cannot be cut and grows. Find the process that has the file open')
  })
}

function createChores(log: Logger): { add: Foundation['eachMinute'], stop: () => void } {
  const timers: NodeJS.Timeout[] = []
  return {
    add(chore) {
      const run = (): Promise<void> => chore().catch((error: unknown) => log.warn({ err: error }, 'what is over could not be removed; trying again in a minute'))
      timers.push(setInterval(() => void run(), CHORES_EVERY_MS).unref())
    },
    stop: () => timers.forEach((timer) => clearInterval(timer)),
  }
}
