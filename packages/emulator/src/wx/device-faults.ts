import { createFaults } from '../faults.js'
import type { Faults } from '../faults.js'
import type { FaultRule } from '../fault-rule.js'
import type { Random } from '../random.js'
import type { AppUser } from '../state.js'
import type { Network } from './network.js'

/** Short form of a rule for a `wx` function of one device. */
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
  /** A rule for this device alone. Returns the undo. Throws TypeError when it makes no sense. */
  add(rule: FaultRule | DeviceFaultRule): () => void
  /** The rule by which the next call of `wx.<api>`, or write to the storage, goes wrong: the device's own before those of everybody, then its network. */
  take(where: `wx.${string}` | 'storage'): FaultRule | undefined
  hold(api: string): Hold
  /** The hold that a call of this api falls under. */
  holdOf(api: string): HoldSink | undefined
}

/** None of its own to begin with. `everybody` are the emulator's. */
export function createDeviceFaults(everybody: Faults, network: Network, user: AppUser, random: Random): DeviceFaults {
  const own = createFaults(random)
  const holds = new Map<string, HoldSink>()
  return {
    add: (rule) => own.add('api' in rule ? spellOut(rule) : rule),
    take: (where) => own.take(where, user) ?? everybody.take(where, user) ?? network.fault(where),
    hold(api) {
      const { hold, sink } = createHold(() => { if (holds.get(api) === sink) holds.delete(api) })
      holds.set(api, sink)
      return hold
    },
    holdOf: (api) => holds.get(api),
  }
}

function spellOut({ api, kind, times, reason = 'system error', errno }: DeviceFaultRule): FaultRule {
  const often = { where: `wx.${api}`, ...times !== undefined && { times } }
  switch (kind) {
    case 'fail': return { ...often, errMsg: reason, ...errno !== undefined && { errno } }
    case 'hang': return { ...often, hang: true }
    case 'empty_code': return { ...often, emptyCode: true }
    case 'from_cache': return { ...often, fromCache: true }
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
