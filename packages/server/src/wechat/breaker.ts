import { AuthError, isAuthError } from '../errors.js'
import { spreadRetryAfter } from '../retry-after.js'

/** Cuts off one app's calls of an API that are of no use: WeChat does not answer, or its quota is used up. */
export interface Breaker {
  /** Throws what {@link Breaker.run} would, without beginning anything. */
  demand(api: string): void
  /** Runs one call and learns from its end. Throws `wx_unavailable` or `wx_quota_exhausted` at once while the API is cut off. */
  run<T>(api: string, call: () => Promise<T>): Promise<T>
  /** The APIs that are cut off, and why. */
  open(): readonly OpenCircuit[]
}

/** An API that is cut off. */
export interface OpenCircuit {
  readonly api: string
  readonly code: 'wx_unavailable' | 'wx_quota_exhausted'
  /** When the next call is let through to see, in ms since the epoch. */
  readonly until: number
}

export interface BreakerOptions {
  /** Wall time in ms. */
  readonly now: () => number
  /** How long an API whose quota is used up is left alone, in ms; at midnight in China at the latest. */
  readonly quotaRetryMs: number
  /** Hears of every circuit that opens. */
  readonly onOpen: (circuit: OpenCircuit) => void
}

/** So many failures in a row cut an API off. */
const FAILURES_IN_A_ROW = 5
/** Of so many calls half may fail. */
const WINDOW = 20
/** How long an API that fails is left alone, in ms: one call then goes through to see. */
const PAUSE_MS = 3000
const DAY_MS = 86_400_000
const CHINA_MS = 8 * 3_600_000

interface Circuit {
  inARow: number
  /** The last outcomes, true for a failure. */
  readonly recent: boolean[]
  pause: (OpenCircuit & { readonly from: number }) | null
  /** A call is under way to see whether the API is back. */
  probing: boolean
}

export function createBreaker({ now, quotaRetryMs, onOpen }: BreakerOptions): Breaker {
  const circuits = new Map<string, Circuit>()

  function circuitOf(api: string): Circuit {
    const circuit = circuits.get(api) ?? { inARow: 0, recent: [], pause: null, probing: false }
    circuits.set(api, circuit)
    return circuit
  }

  function open(api: string, circuit: Circuit, code: OpenCircuit['code']): void {
    const from = now()
    circuit.pause = { api, code, from, until: code === 'wx_unavailable' ? from + PAUSE_MS : Math.min(from + quotaRetryMs, nextMidnightInChina(from)) }
    circuit.inARow = circuit.recent.length = 0
    onOpen(circuit.pause)
  }

  function learn(api: string, circuit: Circuit, isProbe: boolean, error: unknown): void {
    const { code, wechat } = isAuthError(error) ? error : {}
    if (code === 'wx_quota_exhausted') return open(api, circuit, code)
    const failed = (code === 'wx_unavailable' || code === 'wx_timeout') && wechat === undefined
    if (isProbe && failed) return open(api, circuit, 'wx_unavailable')
    // Calls that were under way when the API was cut off tell nothing new; a success among them says that it is back.
    if (circuit.pause && !isProbe && (failed || circuit.pause.code === 'wx_quota_exhausted')) return
    if (!failed) circuit.pause = null
    note(circuit, failed)
    if (circuit.inARow >= FAILURES_IN_A_ROW || failedHalf(circuit)) open(api, circuit, 'wx_unavailable')
  }

  return {
    demand(api) {
      const pause = circuits.get(api)?.pause
      if (pause && isWithin(pause, now())) throw refusal(pause, now())
    },
    async run(api, call) {
      const circuit = circuitOf(api)
      const { pause } = circuit
      if (pause && (circuit.probing || isWithin(pause, now()))) throw refusal(pause, now())
      const isProbe = pause !== null
      circuit.probing ||= isProbe
      try {
        const result = await call()
        learn(api, circuit, isProbe, null)
        return result
      } catch (error) {
        learn(api, circuit, isProbe, error)
        throw error
      } finally {
        if (isProbe) circuit.probing = false
      }
    },
    open: () => [...circuits.values()].flatMap(({ pause }) => pause ?? []),
  }
}

// A clock that jumped back ends a pause: it must not last for hours.
function isWithin({ from, until }: { from: number, until: number }, time: number): boolean {
  return time >= from && time < until
}

function refusal({ code, until }: OpenCircuit, time: number): AuthError {
  return new AuthError(code, { retryAfter: spreadRetryAfter(Math.max(1, Math.ceil((until - time) / 1000))), cause: new Error('not asked: the last calls to WeChat failed') })
}

function note(circuit: Circuit, failed: boolean): void {
  circuit.inARow = failed ? circuit.inARow + 1 : 0
  circuit.recent.push(failed)
  if (circuit.recent.length > WINDOW) circuit.recent.shift()
}

function failedHalf({ recent }: Circuit): boolean {
  return recent.length === WINDOW && recent.filter(Boolean).length >= WINDOW / 2
}

// China has one time zone and no summer time.
function nextMidnightInChina(now: number): number {
  return (Math.floor((now + CHINA_MS) / DAY_MS) + 1) * DAY_MS - CHINA_MS
}
