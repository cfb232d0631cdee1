import type { Device, RequestTask } from '#emulator'
import type { DirectAnswer, DirectCall, FromPhone, ToPhone } from '../wire/messages.js'
import { pack, unpack } from '../wire/pack.js'

type Call = Extract<FromPhone, { type: 'call' }>
type WxFunction = (...values: unknown[]) => unknown

/** Calls with callbacks, as a phone sends them. */
export interface Calls {
  start(call: Call): void
  /** RequestTask.abort(). */
  abort(id: number): void
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A tap counts for the synchronous part of the call alone, as on a phone. */
function run<Result>(device: Device, tap: boolean, work: () => Result): Result {
  return tap ? device.tap(work) : work()
}

function functionOf(device: Device, api: string): WxFunction {
  const found = Object.hasOwn(device.wx, api) ? device.wx[api as keyof Device['wx']] : undefined
  if (typeof found !== 'function') throw new Error(`${api}:fail this base library has no wx.${api}`)
  return found as WxFunction
}

/** `tell` sends to the phone. */
export function createCalls(device: Device, tell: (message: ToPhone) => void): Calls {
  const tasks = new Map<number, RequestTask>()

  function start({ id, api, options, tap }: Call): void {
    const settled = (ok: boolean) => (result: unknown): void => {
      tasks.delete(id)
      tell({ type: 'settled', id, ok, result: pack(result) })
    }
    try {
      const given = unpack(options)
      const call = { ...isRecord(given) && given, success: settled(true), fail: settled(false), complete: undefined }
      const returned = run(device, tap, () => functionOf(device, api)(call))
      if (api === 'request') follow(id, returned as RequestTask)
    } catch (error) {
      settled(false)({ errMsg: textOf(error, api) })
    }
  }

  function follow(id: number, task: RequestTask): void {
    tasks.set(id, task)
    task.onHeadersReceived((result) => { tell({ type: 'headers', id, result: pack(result) }) })
    task.onChunkReceived((result) => { tell({ type: 'chunk', id, result: pack(result) }) })
  }

  return { start, abort: (id) => { tasks.get(id)?.abort() } }
}

/** A call that answers or throws at once. */
export function callDirect(device: Device, { api, args, tap }: DirectCall): DirectAnswer {
  try {
    const values = unpack(args)
    const value = run(device, tap, () => functionOf(device, api)(...(Array.isArray(values) ? values as unknown[] : [])))
    return { value: pack(value) }
  } catch (error) {
    return { error: textOf(error, api) }
  }
}

const textOf = (error: unknown, api: string): string => {
  const text = error instanceof Error ? error.message : String(error)
  return text.startsWith(`${api}:`) ? text : `${api}:fail ${text}`
}
