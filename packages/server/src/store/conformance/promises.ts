import type { Store } from '../store.js'

/** What a group of promises is tested with. */
export interface Bench {
  /** One promise, on an empty store of its own. */
  readonly test: (name: string, body: (store: Store) => Promise<void>) => void
  /** Compares as JSON. */
  readonly equal: (got: unknown, wanted: unknown, what: string) => void
  readonly assert: (value: boolean, message: string) => void
}

/** One group of promises. */
export type Promises = (bench: Bench) => void
