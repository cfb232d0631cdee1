/** Where the emulator takes its time from. All times are ms since the Unix epoch. */
export interface Clock {
  now(): number
  /** Moves the time forward by so many ms. */
  advance?(ms: number): void
}

/** A clock that can be moved forward. */
export interface MovableClock extends Clock {
  /** Moves the time forward by `ms` (0 or more); whatever becomes due by it happens before this returns. Throws RangeError on anything else. */
  advance(ms: number): void
}

/** The emulator's own view of time: a movable clock, and timers that follow it. */
export interface Timekeeper extends MovableClock {
  /** Calls `fn` once the clock has gone `ms` further; the returned function cancels it. */
  after(ms: number, fn: () => void): () => void
  /** Cancels all timers. */
  stop(): void
}

/** Whether a Date can hold it. */
const isTime = (ms: number): boolean => !Number.isNaN(new Date(ms).getTime())

interface Timer { readonly due: number, readonly fn: () => void }

// Kept from load time: a test that fakes the global timers must not stop the emulator.
const startTimer = globalThis.setTimeout
const stopTimer = globalThis.clearTimeout

/** ms between two looks at the clock while a timer is pending: somebody else may move a clock that we share. */
const LONGEST_SLEEP = 250
const SHORTEST_SLEEP = 5

/** Wraps `clock` (default: the system's). A clock that cannot be moved gets an offset of our own. */
export function createTimekeeper(clock: Clock = { now: () => Date.now() }): Timekeeper {
  let offset = 0
  let sleep: NodeJS.Timeout | undefined
  const timers = new Set<Timer>()
  const now = () => clock.now() + offset

  function runDue(): void {
    const due = [...timers].filter((timer) => timer.due <= now()).sort((a, b) => a.due - b.due)
    for (const timer of due) {
      if (timers.delete(timer)) timer.fn()
    }
    wait()
  }

  function wait(): void {
    stopTimer(sleep)
    if (timers.size === 0) return
    const next = Math.min(...[...timers].map((timer) => timer.due)) - now()
    sleep = startTimer(runDue, Math.min(Math.max(next, SHORTEST_SLEEP), LONGEST_SLEEP))
    sleep.unref()
  }

  return {
    now,
    advance(ms) {
      if (!(ms >= 0 && isTime(now() + ms))) throw new RangeError(`advance() takes 0 or more milliseconds, within the range of Date; got ${String(ms)}`)
      if (clock.advance !== undefined) clock.advance(ms)
      else offset += ms
      runDue()
    },
    after(ms, fn) {
      const timer = { due: now() + ms, fn }
      timers.add(timer)
      wait()
      return () => {
        if (timers.delete(timer) && timers.size === 0) stopTimer(sleep)
      }
    },
    stop() {
      timers.clear()
      stopTimer(sleep)
    },
  }
}
