import { AuthError } from '../errors.js'
import { spreadRetryAfter } from '../retry-after.js'

/** How many calls of one app may be under way or wait. */
export interface BulkheadLimits {
  /** Most calls under way at once. */
  readonly connections: number
  /** Most calls that wait for one of them to end. */
  readonly queue: number
}

/** Runs work when there is room for it. Throws `overloaded` when the queue is full, or when the wait was too long: the work has not begun then. */
export type Bulkhead = <T>(work: () => Promise<T>) => Promise<T>

/** Together with the call's own deadline it stays within three seconds, the longest that a login may take. */
const LONGEST_WAIT_MS = 500

interface Waiting {
  readonly timer: NodeJS.Timeout
  readonly start: () => void
}

/** Walls one app's calls off from the others': an app whose calls hang fills its own room and no other. */
export function createBulkhead({ connections, queue: mostWaiting }: BulkheadLimits): Bulkhead {
  let underWay = 0
  // A Set keeps the order of arrival and lets go of one in the middle.
  const queue = new Set<Waiting>()

  function enter(): Promise<void> | undefined {
    if (underWay < connections) return void underWay++
    if (queue.size >= mostWaiting) throw overloaded()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        queue.delete(waiting)
        reject(overloaded())
      }, LONGEST_WAIT_MS)
      const waiting = { timer, start: resolve }
      queue.add(waiting)
    })
  }

  // The room goes straight to the next in line: in between nobody else can take it.
  function leave(): void {
    const [next] = queue
    if (!next) return void underWay--
    queue.delete(next)
    clearTimeout(next.timer)
    next.start()
  }

  return async (work) => {
    await enter()
    try {
      return await work()
    } finally {
      leave()
    }
  }
}

function overloaded(): AuthError {
  return new AuthError('overloaded', { retryAfter: spreadRetryAfter(1), detail: 'Too many calls to WeChat are under way.' })
}
