/** Token buckets, one a key. */
export interface RateLimit {
  /** Takes one; 0 when it was there, else the seconds until the next one. */
  take(key: string): number
  /** The same without taking. */
  peek(key: string): number
}

/** How much is allowed. */
export interface Rate {
  readonly perMinute: number
  /** So many at once, after a quiet time. */
  readonly burst: number
}

interface Bucket { left: number, at: number }

/** Beyond it the oldest are forgotten: a flood of addresses must not fill the memory. */
const MOST_KEYS = 100_000

/** @param now monotonic time in ms. */
export function createRateLimit({ perMinute, burst }: Rate, now: () => number = () => performance.now()): RateLimit {
  const buckets = new Map<string, Bucket>()
  const perMs = perMinute / 60_000
  const levelOf = ({ left, at }: Bucket): number => Math.min(burst, left + (now() - at) * perMs)
  const waitOf = (level: number): number => (level >= 1 ? 0 : Math.ceil((1 - level) / perMs / 1000))

  // A tenth at once, oldest first: room for one at a time would cost a walk through all of them at each call of a flood.
  function makeRoom(): void {
    for (const key of buckets.keys()) {
      if (buckets.size <= MOST_KEYS * 0.9) return
      buckets.delete(key)
    }
  }

  return {
    take(key) {
      if (buckets.size >= MOST_KEYS && !buckets.has(key)) makeRoom()
      const bucket = buckets.get(key) ?? { left: burst, at: now() }
      const wait = waitOf(levelOf(bucket))
      buckets.delete(key) // so that the order is that of the last use
      buckets.set(key, wait === 0 ? { left: levelOf(bucket) - 1, at: now() } : bucket)
      return wait
    },
    peek: (key) => waitOf(levelOf(buckets.get(key) ?? { left: burst, at: now() })),
  }
}
