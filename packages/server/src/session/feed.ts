import { withinDeadline } from '../deadline.js'
import { AuthError } from '../errors.js'
import type { Logger } from '../log.js'
import { spreadRetryAfter } from '../retry-after.js'
import type { Store } from '../store/store.js'
import type { RevocationIndex } from './revocation.js'

/** Keeps the revocation index up with the store. */
export interface RevocationFeed {
  /** Reads everything once and starts polling. Rejects when the store cannot answer: a server must not listen then. */
  start(): Promise<void>
  /** ms since the index was last brought up with the store. */
  ageMs(): number
  /** False when the index may be older than allowed. */
  isFresh(): boolean
  /**
   * Reads on from the last number seen, by a read that begins after this call; callers share it.
   * Rejects with `store_unavailable` when the store cannot answer in time.
   */
  refresh(): Promise<void>
  stop(): void
}

/** How the feed reads. */
export interface FeedOptions {
  readonly store: Store
  readonly index: RevocationIndex
  readonly log: Logger
  /** ms between polls. */
  readonly pollMs: number
  /** ms after the last successful read at which checks wait for a new one. */
  readonly maxAgeMs: number
}

const PAGE = 1000
const DEADLINE_MS = 3000

export function createRevocationFeed({ store, index, log, pollMs, maxAgeMs }: FeedOptions): RevocationFeed {
  let lastSeq = 0
  // Monotonic: a wall clock set back must not make an old index look fresh.
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | null = null
  let following: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null

  async function readOn(): Promise<void> {
    const startedAt = performance.now()
    for (;;) {
      const page = await store.revocationsAfter(lastSeq, PAGE)
      for (const revocation of page) index.apply(revocation)
      lastSeq = page.at(-1)?.seq ?? lastSeq
      if (page.length < PAGE) break
    }
    readAt = startedAt
  }

  function read(): Promise<void> {
    reading = readOn().finally(() => { reading = null })
    return reading
  }

  // A read under way may have passed what the caller has just learnt of: he gets the one after it.
  function refresh(): Promise<void> {
    if (!reading) return inTime(read())
    following ??= reading.then(null, () => undefined).then(() => {
      following = null
      return read()
    })
    return inTime(following)
  }

  function poll(): void {
    if (reading) return
    read().catch((error: unknown) => log.warn({ err: error }, 'the revocation feed could not be read; session checks fail until it can'))
  }

  return {
    async start() {
      await read()
      timer = setInterval(poll, pollMs)
      timer.unref()
    },
    ageMs: () => performance.now() - readAt,
    isFresh: () => performance.now() - readAt <= maxAgeMs,
    refresh,
    stop() {
      if (timer) clearInterval(timer)
    },
  }
}

function inTime(work: Promise<void>): Promise<void> {
  return withinDeadline(work, DEADLINE_MS, () => new AuthError('store_unavailable', { retryAfter: spreadRetryAfter(1), cause: new Error(`the revocations could not be read within ${DEADLINE_MS} ms`) }))
}
