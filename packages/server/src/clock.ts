/** Where the server takes the time from. Injected everywhere, so that tests and the demo can move it. */
export interface Clock {
  /** Wall time in ms since the epoch. */
  now(): number
}

/**
 * The machine's own clock.
 *
 * ```ts
 * const late: Clock = { now: () => systemClock.now() + 60_000 } // for createAuth({ clock })
 * ```
 */
export const systemClock: Clock = { now: () => Date.now() }
