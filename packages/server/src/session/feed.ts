import type { Logger } from '../log.js'
import type { Store } from '../store/store.js'
import type { RevocationIndex } from './revocation.js'

/** Keeps the revocation index up with the store. */
export interface RevocationFeed {
  /** Reads everything once and starts polling. Rejects when the store cannot answer: a server must not listen then. */
  start(): Promise<void>
  /** False when the index may be older than allowed. */
  isFresh(): boolean
  /** Reads on from the last number seen; callers share one read. Rejects when the store cannot answer. */
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

export function createRevocationFeed({ store, index, log, pollMs, maxAgeMs }: FeedOptions): RevocationFeed {
  let lastSeq = 0
  // Monotonic: a wall clock set back must not make an old index look fresh.
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | null = null
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

  function refresh(): Promise<void> {
    reading ??= readOn().finally(() => { reading = null })
    return reading
  }

  function poll(): void {
    refresh().catch((error: unknown) => log.warn({ err: error }, 'the revocation feed could not be read; session checks fail until it can'))
  }

  return {
    async start() {
      await refresh()
      timer = setInterval(poll, pollMs)
      timer.unref()
    },
    isFresh: () => performance.now() - readAt <= maxAgeMs,
    refresh,
    stop() {
      if (timer) clearInterval(timer)
    },
  }
}
