/** What a `wx` function does wrong. */
export interface DeviceFaultRule {
  /** Name of the function: `login`, `request`, `setStorageSync`, … */
  readonly api: string
  /**
   * - `fail`: it fails (a Sync function throws)
   * - `hang`: it never calls back, unless its own timeout ends it
   * - `empty_code`: login succeeds with `code: ''`
   * - `from_cache`: login succeeds with `fromCache: true` and the code of the login before, if there was one
   */
  readonly kind: 'fail' | 'hang' | 'empty_code' | 'from_cache'
  /** How many calls. Default: 1; Infinity until undone. */
  readonly times?: number
  /** Of `fail`: the text after `<api>:fail `. Default: `system error`. */
  readonly reason?: string
  /** Of `fail`. Default: none. */
  readonly errno?: number
}

/** Keeps answers of one `wx` function back. The work is done (a code is issued, the server has answered); only the callback waits. */
export interface Hold {
  /** Answers that wait now. */
  readonly waiting: number
  /** Resolves as soon as `count` answers (default 1) wait. */
  arrived(count?: number): Promise<void>
  /** Delivers the `count` oldest waiting answers. Default: all. */
  release(count?: number): void
  /** Delivers all, and keeps nothing back any more. */
  end(): void
}

/** The side of a hold that the calls see. */
export interface HoldSink {
  put(deliver: () => void): void
}

/** Faults and holds of one device. */
export interface DeviceFaults {
  /** Returns the undo. */
  add(rule: DeviceFaultRule): () => void
  take(api: string): DeviceFaultRule | undefined
  hold(api: string): Hold
  /** The hold that a call of this api falls under. */
  holdOf(api: string): HoldSink | undefined
}

/** None to begin with. */
export function createDeviceFaults(): DeviceFaults {
  const rules = new Set<{ readonly rule: DeviceFaultRule, left: number }>()
  const holds = new Map<string, HoldSink>()
  return {
    add(rule) {
      const entry = { rule, left: rule.times ?? 1 }
      rules.add(entry)
      return () => { rules.delete(entry) }
    },
    take(api) {
      for (const entry of rules) {
        if (entry.rule.api !== api) continue
        if (--entry.left <= 0) rules.delete(entry)
        return entry.rule
      }
      return undefined
    },
    hold(api) {
      const { hold, sink } = createHold(() => { if (holds.get(api) === sink) holds.delete(api) })
      holds.set(api, sink)
      return hold
    },
    holdOf: (api) => holds.get(api),
  }
}

function createHold(onEnd: () => void): { hold: Hold, sink: HoldSink } {
  let ended = false
  const held: (() => void)[] = []
  const watchers = new Set<{ readonly count: number, readonly resolve: () => void }>()

  function release(count = held.length): void {
    for (const deliver of held.splice(0, count)) deliver()
  }

  return {
    sink: {
      put(deliver) {
        if (ended) return deliver()
        held.push(deliver)
        for (const watcher of watchers) {
          if (held.length >= watcher.count && watchers.delete(watcher)) watcher.resolve()
        }
      },
    },
    hold: {
      get waiting() { return held.length },
      arrived(count = 1) {
        if (held.length >= count) return Promise.resolve()
        return new Promise((resolve) => { watchers.add({ count, resolve }) })
      },
      release,
      end() {
        ended = true
        onEnd()
        release()
      },
    },
  }
}
