import type { ButtonTap, Device, OpenType } from '#emulator'
import type { DirectAnswer, DirectCall, FromPhone, ToPhone } from '../wire/messages.js'
import { pack, unpack } from '../wire/pack.js'
import { TASKS } from '../wire/tasks.js'
import type { TaskKind } from '../wire/tasks.js'

type Call = Extract<FromPhone, { type: 'call' }>
type MethodCall = Extract<FromPhone, { type: 'method' }>
type WxFunction = (...values: unknown[]) => unknown

/** Calls with callbacks, as a phone sends them. */
export interface Calls {
  start(call: Call): void
  /** RequestTask.abort() and the like. */
  abort(id: number): void
  /** SocketTask.send() and the like. */
  method(call: MethodCall): void
  /** wx.on…, and off again. */
  listen(id: number, api: string): void
  unlisten(id: number): void
  /** The program calls the function that its listener was given. */
  reply(reply: number, value: unknown): void
}

type Task = Readonly<Record<string, WxFunction | undefined>>

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
  const tasks = new Map<number, Task>()

  /** Runs `act` with the options of a phone's call, whose callbacks go back to it. */
  function answer(id: number, api: string, options: unknown, act: (call: object) => unknown, ended: (ok: boolean) => void): void {
    const settled = (ok: boolean) => (result: unknown): void => {
      ended(ok)
      tell({ type: 'settled', id, ok, result: pack(result) })
    }
    try {
      const given = unpack(options)
      act({ ...isRecord(given) && given, success: settled(true), fail: settled(false), complete: undefined })
    } catch (error) {
      settled(false)({ errMsg: textOf(error, api) })
    }
  }

  /** What is no function of wx: `button.…` is a tap on that button, `privacy.…` passes the privacy agreement. */
  function startOther({ id, api, options }: Call): boolean {
    const [, kind, name = ''] = /^(button|privacy)\.(.+)$/.exec(api) ?? []
    if (kind === undefined) return false
    const asked = kind === 'button' ? device.tapButton(name as OpenType, unpack(options) as ButtonTap) : device.passPrivacy(name)
    void asked.then((result) => { tell({ type: 'settled', id, ok: true, result: pack(result) }) })
    return true
  }

  function start(given: Call): void {
    if (startOther(given)) return
    const { id, api, options, tap } = given
    const kind = Object.hasOwn(TASKS, api) ? TASKS[api] : undefined
    const ended = (ok: boolean): void => { if (!ok || kind?.last === undefined) tasks.delete(id) }
    answer(id, api, options, (call) => {
      const returned = run(device, tap, () => functionOf(device, api)(call))
      if (kind !== undefined) follow(id, kind, returned as Task)
    }, ended)
  }

  function follow(id: number, { events, last }: TaskKind, task: Task): void {
    tasks.set(id, task)
    for (const event of events) {
      task[`on${event}`]?.((result: unknown) => {
        if (event === last) tasks.delete(id)
        tell({ type: 'event', id, event, result: pack(result) })
      })
    }
  }

  return {
    ...createListening(device, tell),
    start,
    abort: (id) => { tasks.get(id)?.abort?.() },
    method({ id, task, method, options }) {
      answer(id, method, options, (call) => {
        const found = tasks.get(task)
        if (found?.[method] === undefined || method.startsWith('on')) throw new Error('the task has ended')
        found[method](call)
      }, () => undefined)
    },
  }
}

function createListening(device: Device, tell: (message: ToPhone) => void): Pick<Calls, 'listen' | 'unlisten' | 'reply'> {
  const offs = new Map<number, () => void>()
  const replies = new Map<number, WxFunction>()
  let lastReply = 0
  return {
    listen(id, api) {
      const listener = (first: unknown, ...rest: unknown[]): void => {
        if (typeof first === 'function') replies.set(++lastReply, first as WxFunction)
        tell({ type: 'heard', id, args: pack([first, ...rest]), ...typeof first === 'function' && { reply: lastReply } })
      }
      functionOf(device, api)(listener)
      const off = api.replace(/^on/, 'off')
      offs.set(id, () => { if (Object.hasOwn(device.wx, off)) functionOf(device, off)(listener) })
    },
    unlisten(id) {
      offs.get(id)?.()
      offs.delete(id)
    },
    reply: (reply, value) => { replies.get(reply)?.(unpack(value)) },
  }
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
