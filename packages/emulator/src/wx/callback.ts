import type { Timekeeper } from '../clock.js'
import { REQUESTS } from '../fault-rule.js'
import type { FaultRule } from '../fault-rule.js'
import type { PhoneUser } from '../state.js'
import type { TrafficLog } from '../traffic.js'
import { atLeast } from './base-library.js'
import type { DeviceFaults } from './device-faults.js'
import type { Visibility } from './visibility.js'

/** What every answer has: `<api>:ok` or `<api>:fail <reason>`. */
export interface WxResult {
  readonly errMsg: string
}

/** What `fail` gets, and what a promise is rejected with: a plain object, not an Error. */
export interface WxFailure extends WxResult {
  /** From base library 2.24.0. */
  readonly errno?: number
}

/** The three callbacks of WeChat's APIs. None of them passed: the API returns a promise (base library 2.10.2). */
export interface WxCallbacks<Result> {
  success?: ((result: Result) => void) | undefined
  fail?: ((failure: WxFailure) => void) | undefined
  complete?: ((result: Result | WxFailure) => void) | undefined
}

/** Stands for "no callback passed". */
export interface NoCallbacks {
  success?: undefined
  fail?: undefined
  complete?: undefined
}

/** An API in WeChat's callback-or-promise convention. Callbacks come later, never during the call, each at most once, `complete` last. */
export interface WxCall<Options, Result> {
  (options?: Options & NoCallbacks): Promise<Result>
  (options: Options & WxCallbacks<Result>): void
}

/** Ends a call; the first of the two counts. */
export interface Settle<Result> {
  ok(result: Result): void
  /** `reason` follows `<api>:fail `. */
  fail(reason: string, errno?: number): void
  /** As `fail`; the whole text after the api's name, where it is not `:fail `. */
  failWith(ending: string): void
}

/** What an API does. May return how to stop it, called once the call is settled, by whomever. */
export type Work<Result> = (settle: Settle<Result>, fault: FaultRule | undefined) => (() => void) | undefined

/** One call of a `wx` function. */
export interface DeviceCall {
  readonly api: string
  /** ms since the epoch, by the emulator's clock. */
  readonly at: number
}

/** How a device runs its APIs. */
export interface Caller {
  /** An API with callbacks or a promise. `timeout` in ms. */
  call<Result extends object>(api: string, options: (WxCallbacks<Result & WxResult> & { timeout?: number | undefined }) | undefined, work: Work<Result>): Promise<Result & WxResult> | undefined
  /** As `call`, without the promise. Returns its settle. */
  start<Result extends object>(api: string, callbacks: WxCallbacks<Result & WxResult>, timeout: number | undefined, work: Work<Result>): Settle<Result>
  /** An API that answers or throws at once. */
  callSync<Result>(api: string, work: () => Result): Result
  /** Tells the program of an event, unless it has ended. */
  tell(event: () => void): void
}

/** A timeout that makes no sense counts as none. */
export const timeoutOf = (timeout: unknown): number | undefined =>
  typeof timeout === 'number' && timeout > 0 && Number.isFinite(timeout) ? timeout : undefined

/** Calls that the timeline shows. */
const SHOWN = new Set(['login', 'checkSession', 'getUserProfile', 'getUserInfo'])

// Kept from load time: a test that fakes the global timers must not stop the emulator.
const soon = globalThis.setImmediate

/** What a device lends to its calls. */
export interface CallerParts {
  readonly baseLibrary: string
  readonly clock: Timekeeper
  readonly traffic: TrafficLog
  readonly user: PhoneUser
  /** Each call is added here. */
  readonly calls: DeviceCall[]
  /** Told of each call before its work is done. */
  note(api: string): void
  readonly faults: DeviceFaults
  readonly visibility: Visibility
  isClosed(): boolean
}

/** Once `isClosed()`, nothing calls back any more. */
export function createCaller(about: CallerParts): Caller {
  const { baseLibrary, clock, traffic, user, calls, faults } = about

  function start<Result extends object>(api: string, callbacks: WxCallbacks<Result & WxResult>, timeout: number | undefined, work: Work<Result>): Settle<Result> {
    calls.push({ api, at: clock.now() })
    about.note(api)
    const answered = SHOWN.has(api) ? traffic.note({ from: 'phone', to: 'wechat', name: `wx.${api}`, ...user }) : undefined
    const hold = faults.holdOf(api)
    const fault = faults.take(`wx.${api}`)
    let settled = false
    let stop: (() => void) | undefined
    let cancelTimeout: (() => void) | undefined
    let leaveNetwork: (() => void) | undefined

    function end(ok: boolean, result: (Result & WxResult) | WxFailure): void {
      if (settled) return
      settled = true
      cancelTimeout?.()
      leaveNetwork?.()
      stop?.()
      answered?.(ok, result)
      const deliver = () => soon(() => { if (!about.isClosed()) notify(callbacks, ok, result) })
      if (hold === undefined) deliver()
      else hold.put(deliver)
    }

    const settle: Settle<Result> = {
      ok: (result) => end(true, { ...result, errMsg: `${api}:ok` }),
      fail: (reason, errno) => end(false, { errMsg: `${api}:fail ${reason}`, ...errno !== undefined && atLeast(baseLibrary, '2.24.0') && { errno } }),
      failWith: (ending) => end(false, { errMsg: api + ending }),
    }
    const wait = timeoutOf(timeout)
    if (wait !== undefined) cancelTimeout = clock.after(wait, () => settle.fail('timeout', 5))
    if (REQUESTS.includes(`wx.${api}`)) leaveNetwork = about.visibility.whileOnNetwork(() => settle.fail('interrupted'))
    if (settled) return settle
    const answer = fault?.delayMs === undefined ? settle : delayed(settle, fault.delayMs, clock)
    if (fault?.errMsg !== undefined) answer.fail(fault.errMsg, fault.errno)
    else if (fault?.hang !== true) stop = work(answer, fault)
    if (settled) stop?.()
    return settle
  }

  return {
    start,
    call(api, options, work) {
      if (hasCallback(options) || !atLeast(baseLibrary, '2.10.2')) {
        start(api, options ?? {}, options?.timeout, work)
        return undefined
      }
      return new Promise((resolve, reject) => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- WeChat rejects with the plain failure object
        start(api, { success: resolve, fail: (failure) => reject(failure) }, options?.timeout, work)
      })
    },
    callSync(api, work) {
      calls.push({ api, at: clock.now() })
      const fault = faults.take(`wx.${api}`)
      if (fault?.errMsg !== undefined) throw new Error(`${api}:fail ${fault.errMsg}`)
      return work()
    },
    tell(event) { if (!about.isClosed()) event() },
  }
}

/** The work is done at once, inside the tap; what comes of it is late. */
function delayed<Result>(settle: Settle<Result>, delayMs: number, clock: Timekeeper): Settle<Result> {
  return {
    ok: (result) => { clock.after(delayMs, () => settle.ok(result)) },
    fail: (reason, errno) => { clock.after(delayMs, () => settle.fail(reason, errno)) },
    failWith: (ending) => { clock.after(delayMs, () => settle.failWith(ending)) },
  }
}

function hasCallback<Result>(options: WxCallbacks<Result> | undefined): boolean {
  return [options?.success, options?.fail, options?.complete].some((callback) => typeof callback === 'function')
}

// An exception of the program's callback stays uncaught, as on a phone, but never keeps `complete` from running.
function notify<Result>(callbacks: WxCallbacks<Result>, ok: boolean, result: Result | WxFailure): void {
  try {
    if (ok) callbacks.success?.(result as Result)
    else callbacks.fail?.(result as WxFailure)
  } finally {
    callbacks.complete?.(result)
  }
}
