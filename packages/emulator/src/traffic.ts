import { mask } from './masking.js'

/** Who speaks. `phone` is the mini program on a device, `server` any back end. */
export type Party = 'phone' | 'wechat' | 'server'

/** One message. An exchange is two of them: a `call`, and the `answer` that names it. `local` is a step on the phone itself. */
export interface TrafficStep {
  /** Counts from 1. */
  readonly id: number
  /** ms since the epoch, by the emulator's clock. */
  readonly at: number
  readonly kind: 'call' | 'answer' | 'local'
  readonly from: Party
  readonly to: Party
  /** `wx.login`, `GET /sns/jscode2session`, `POST https://api.demo.test/v1/login`, … */
  readonly name: string
  /** Of an answer: the id of its call. */
  readonly call?: number
  /** False for an answer that says no. */
  readonly ok?: boolean
  readonly appid?: string
  /** Id of the person, when known. */
  readonly person?: string
  /** Which phone of the person; absent: the main one, or none. */
  readonly device?: string
  /** Arguments, headers, bodies; secrets, keys and tokens masked. */
  readonly detail?: unknown
}

/** What went between phone, WeChat and server. Holds the last 1000 steps; nothing secret ever enters it. */
export interface Traffic {
  list(): readonly TrafficStep[]
  /** Calls `fn` with each new step; the returned function ends it. */
  subscribe(fn: (step: TrafficStep) => void): () => void
  clear(): void
  /** Notes a step on the phone itself, such as a write to its storage. */
  noteLocal(step: Omit<CallNote, 'from' | 'to'>): void
}

/** A call to be noted. */
export interface CallNote {
  readonly from: Party
  readonly to: Party
  readonly name: string
  readonly appid?: string | undefined
  readonly person?: string | undefined
  readonly device?: string | undefined
  readonly detail?: unknown
}

/** Notes the answer to a call, once. */
export type AnswerNote = (ok: boolean, detail?: unknown) => void

/** The writing side. */
export interface TrafficLog extends Traffic {
  /** Notes a call; the returned function notes its answer. */
  note(call: CallNote): AnswerNote
}

const KEPT = 1000

/** `now` in ms. */
export function createTraffic(now: () => number): TrafficLog {
  let steps: TrafficStep[] = []
  let lastId = 0
  const subscribers = new Set<(step: TrafficStep) => void>()

  function add(step: Omit<TrafficStep, 'id' | 'at'>): number {
    const full = { id: ++lastId, at: now(), ...step }
    steps.push(full)
    if (steps.length > KEPT * 2) steps = steps.slice(-KEPT)
    for (const subscriber of subscribers) subscriber(full)
    return full.id
  }

  return {
    list: () => steps.slice(-KEPT),
    clear() { steps = [] },
    subscribe(fn) {
      subscribers.add(fn)
      return () => { subscribers.delete(fn) }
    },
    noteLocal({ name, detail, ...who }) {
      add({ kind: 'local', from: 'phone', to: 'phone', name, ...about(who), ...withDetail(detail) })
    },
    note({ from, to, name, detail, ...who }) {
      const call = add({ kind: 'call', from, to, name, ...about(who), ...withDetail(detail) })
      return (ok, answer) => { add({ kind: 'answer', from: to, to: from, name, call, ok, ...about(who), ...withDetail(answer) }) }
    },
  }
}

const about = ({ appid, person, device }: Pick<CallNote, 'appid' | 'person' | 'device'>) => ({ ...appid !== undefined && { appid }, ...person !== undefined && { person }, ...device !== undefined && { device } })

const withDetail = (value: unknown) => value === undefined ? {} : { detail: mask(value) }
