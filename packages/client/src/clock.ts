/** Time as the client sees it. For tests; leave it out in a mini program. */
export interface Clock {
  /** ms since the epoch, by the device. */
  now(): number
  setTimeout(run: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
}

declare function setTimeout(run: () => void, ms: number): unknown
declare function clearTimeout(timer: unknown): void

/** The device's own clock. The globals are looked up when called, never at import. */
export const deviceClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
}

/** True for `ms` after `at`; a clock that was turned back ends it. */
export function isWithin(clock: Clock, at: number, ms: number): boolean {
  const since = clock.now() - at
  return since >= 0 && since < ms
}
