/** What {@link PackedTable} keeps for a key. */
export interface PackedEntry {
  /** Unsigned 32-bit. */
  readonly value: number
  /** Unsigned 32-bit. */
  readonly tag: number
}

/**
 * A map from 64-bit keys to small numbers, each with an end, packed in one typed array:
 * a million entries take 40 MB and one cache line per look-up, where a Map of strings takes some hundred MB.
 * Two keys of 64 random bits meet with a probability of 10⁻⁷ among a million entries.
 */
export interface PackedTable {
  readonly size: number
  /** Sets or replaces. `until` in ms since the epoch: the entry may be forgotten afterwards. */
  set(high: number, low: number, entry: PackedEntry, until: number): void
  /** null when absent. An entry past its end may still be found: the caller decides whether that matters. */
  get(high: number, low: number): PackedEntry | null
  /** The end of an entry in ms since the epoch, or null. */
  until(high: number, low: number): number | null
}

const WORDS = 5
const MINIMUM_SLOTS = 1024
const HIGHEST_LOAD = 0.6
/** How long an ended entry is still kept: a clock that jumps ahead for a moment must make nothing forgotten. */
const MARGIN_MS = 86_400_000

/** @param now wall time in ms, asked when the table grows: entries past their end are dropped then. */
export function createPackedTable(now: () => number): PackedTable {
  let slots = MINIMUM_SLOTS
  let words = new Uint32Array(slots * WORDS)
  let size = 0

  // (0, 0) marks an empty slot, so that one key moves aside.
  const lowOf = (high: number, low: number): number => (high === 0 && low === 0 ? 1 : low)

  function slotOf(high: number, low: number): number {
    const mask = slots - 1
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS
      const h = words[at]
      const l = words[at + 1]
      if ((h === high && l === low) || (h === 0 && l === 0)) return at
    }
  }

  function put(high: number, low: number, value: number, tag: number, end: number): void {
    const at = slotOf(high, low)
    if (words[at] === 0 && words[at + 1] === 0) size++
    words[at] = high
    words[at + 1] = low
    words[at + 2] = value
    words[at + 3] = tag
    words[at + 4] = end
  }

  function rebuild(): void {
    const old = words
    const live = secondsUp(now() - MARGIN_MS)
    let kept = 0
    for (let at = 0; at < old.length; at += WORDS) if (isLive(old, at, live)) kept++
    slots = MINIMUM_SLOTS
    while (slots * HIGHEST_LOAD <= kept * 1.5) slots *= 2
    words = new Uint32Array(slots * WORDS)
    size = 0
    for (let at = 0; at < old.length; at += WORDS) {
      if (isLive(old, at, live)) put(old[at]!, old[at + 1]!, old[at + 2]!, old[at + 3]!, old[at + 4]!)
    }
  }

  function find(high: number, low: number): number | null {
    const key = lowOf(high, low)
    const at = slotOf(high, key)
    return words[at] === high && words[at + 1] === key ? at : null
  }

  return {
    get size() { return size },
    set(high, low, entry, until) {
      if (size + 1 > slots * HIGHEST_LOAD) rebuild()
      put(high, lowOf(high, low), entry.value, entry.tag, secondsUp(until))
    },
    get(high, low) {
      const at = find(high, low)
      return at === null ? null : { value: words[at + 2]!, tag: words[at + 3]! }
    },
    until(high, low) {
      const at = find(high, low)
      return at === null ? null : words[at + 4]! * 1000
    },
  }
}

function isLive(words: Uint32Array, at: number, second: number): boolean {
  return (words[at] !== 0 || words[at + 1] !== 0) && words[at + 4]! >= second
}

const secondsUp = (ms: number): number => Math.ceil(ms / 1000)
