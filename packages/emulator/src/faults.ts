import { readRule } from './fault-rule.js'
import type { FaultRule, PathFaultRule } from './fault-rule.js'
import type { Random } from './random.js'

/** A rule that is in force. */
export interface ActiveFault {
  /** Counts from 1. */
  readonly id: number
  readonly rule: FaultRule
  /** Calls that went wrong by it so far. */
  readonly hits: number
  /** Calls that it still waits for. */
  readonly left: number | 'always'
}

/** Whom a call is about, as far as it is known. */
export interface FaultSubject {
  readonly appid?: string | undefined
  readonly person?: string | undefined
}

/** The rules in force, in the order in which they were set. */
export interface ActiveFaults {
  list(): readonly ActiveFault[]
  /** Ends one rule. False: there is none of that id. */
  end(id: number): boolean
  /** Ends all. */
  clear(): void
  /** Calls `fn` after each change of the list; the returned function ends it. */
  subscribe(fn: () => void): () => void
}

/** The rules, and who goes by them. */
export interface Faults extends ActiveFaults {
  /** Returns the undo. Throws TypeError when a member makes no sense. */
  add(rule: FaultRule | PathFaultRule): () => void
  /** The rule by which the next call there goes wrong, counted down. */
  take(where: string, subject?: FaultSubject): FaultRule | undefined
}

/** No faults to begin with; probabilities go by `random`. */
export function createFaults(random: Random): Faults {
  const rules = new Map<number, { readonly rule: FaultRule, hits: number, left: number }>()
  const subscribers = new Set<() => void>()
  let lastId = 0
  const tell = (): void => { for (const subscriber of subscribers) subscriber() }
  const end = (id: number): boolean => {
    const ended = rules.delete(id)
    if (ended) tell()
    return ended
  }
  return {
    add(given) {
      const rule = readRule(given)
      const { times = rule.probability === undefined ? 1 : 'always' } = rule
      const id = ++lastId
      rules.set(id, { rule, hits: 0, left: times === 'always' ? Infinity : times })
      tell()
      return () => { end(id) }
    },
    take(where, subject = {}) {
      for (const [id, entry] of rules) {
        if (!isAbout(entry.rule, where, subject) || !happens(entry.rule, random)) continue
        entry.hits++
        if (--entry.left <= 0) rules.delete(id)
        tell()
        return entry.rule
      }
      return undefined
    },
    list: () => [...rules].map(([id, { rule, hits, left }]) => ({ id, rule, hits, left: left === Infinity ? 'always' : left })),
    end,
    clear() {
      rules.clear()
      tell()
    },
    subscribe(fn) {
      subscribers.add(fn)
      return () => { subscribers.delete(fn) }
    },
  }
}

function isAbout(rule: FaultRule, where: string, { appid, person }: FaultSubject): boolean {
  return rule.where === where && (rule.appid === undefined || rule.appid === appid) && (rule.person === undefined || rule.person === person)
}

const RESOLUTION = 2 ** 32

// Without a probability nothing is drawn: a seed gives the same ids with and without faults.
function happens({ probability }: FaultRule, random: Random): boolean {
  return probability === undefined || random.bytes(4).readUInt32BE() / RESOLUTION < probability
}
