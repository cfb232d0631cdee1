import { notEmulatedObject } from '#not-emulated'
import type { Launch } from '../wire/messages.js'
import { TASKS } from '../wire/tasks.js'
import type { TaskKind } from '../wire/tasks.js'
import type { Connection, StartedCall } from './connection.js'

interface Callbacks {
  success?: unknown
  fail?: unknown
  complete?: unknown
}
type Options = Callbacks & Record<string, unknown>
type Listener = (...results: unknown[]) => void

const isFunction = (value: unknown): value is Listener => typeof value === 'function'

/** The emulator's `wx`, over the wire: what the device has not is absent here too. `inTap` is asked at the moment of each call. */
export function createDeviceWx({ functions, notEmulated, env }: Launch, connection: Connection, inTap: () => boolean): Record<string, unknown> {
  const wx: Record<string, unknown> = { env, ...Object.fromEntries(notEmulated.map((name) => [name, notEmulatedObject(name)])) }
  const listening: Listening = new Map()
  for (const [api, style] of Object.entries(functions)) {
    const kind = TASKS[api]
    if (kind !== undefined) wx[api] = (options?: Options) => startTask(api, kind, options ?? {}, connection, inTap())
    else if (style === 'listener') wx[api] = listenerFunction(api, connection, listening)
    else if (style === 'direct') wx[api] = (...args: unknown[]) => connection.direct(api, args, inTap())
    else wx[api] = (options?: Options) => call(api, options, style === 'promise', connection, inTap())
  }
  return wx
}

/** By event, without on and off: each listener, and how to take it off. */
type Listening = Map<string, Map<Listener, () => void>>

/** on… adds a listener; off… takes it off, or all of them. */
function listenerFunction(api: string, connection: Connection, listening: Listening): (listener?: Listener) => void {
  const event = api.replace(/^o(n|ff)/, '')
  const taken = listening.get(event) ?? new Map<Listener, () => void>()
  listening.set(event, taken)
  if (api.startsWith('on')) return (listener) => { if (isFunction(listener)) taken.set(listener, connection.listen(api, listener)) }
  return (listener) => {
    for (const [known, off] of [...taken]) {
      if (listener !== undefined && listener !== known) continue
      taken.delete(known)
      off()
    }
  }
}

function call(api: string, options: Options | undefined, promises: boolean, connection: Connection, tap: boolean): Promise<unknown> | undefined {
  const { success, fail, complete, ...rest } = options ?? {}
  const plain = options === undefined ? undefined : rest
  if (!promises || [success, fail, complete].some(isFunction)) {
    connection.call(api, plain, tap, { settled: notifier({ success, fail, complete }) })
    return undefined
  }
  return new Promise((resolve, reject) => {
    // WeChat rejects with the plain failure object.
    connection.call(api, plain, tap, { settled: (ok, result) => { (ok ? resolve : reject as Listener)(result) } })
  })
}

/** `complete` runs also after an exception of the callback before it. */
function notifier({ success, fail, complete }: Callbacks): (ok: boolean, result: unknown) => void {
  return (ok, result) => {
    const callback = ok ? success : fail
    try {
      if (isFunction(callback)) callback(result)
    } finally {
      if (isFunction(complete)) complete(result)
    }
  }
}

/** A task, never a promise. */
function startTask(api: string, { events, calls, last }: TaskKind, { success, fail, complete, ...rest }: Options, connection: Connection, tap: boolean): Record<string, unknown> {
  const listeners = new Map(events.map((event) => [event, new Set<Listener>()]))
  const notify = notifier({ success, fail, complete })
  const state = { readyState: CONNECTING }
  const started: StartedCall = connection.call(api, rest, tap, {
    settled(ok, result) {
      if (!ok || last === undefined) end()
      notify(ok, result)
    },
    event(event, result) {
      if (event === 'Open') state.readyState = OPEN
      if (event === last) end()
      for (const listener of listeners.get(event) ?? []) listener(result)
    },
  })
  const end = (): void => {
    state.readyState = CLOSED
    started.forget()
  }
  const methods = calls.map((name) => [name, (options: Options = {}) => {
    const { success: done, fail: failed, complete: completed, ...given } = options
    if (name === 'close' && state.readyState !== CLOSED) state.readyState = CLOSING
    started.method(name, given, { settled: notifier({ success: done, fail: failed, complete: completed }) })
  }])
  const task = { ...Object.fromEntries(methods) as Record<string, unknown>, ...eventMethods(listeners), ...calls.length === 0 ? { abort: started.abort } : SOCKET_STATES }
  return calls.length === 0 ? task : Object.defineProperty(task, 'readyState', { enumerable: true, get: () => state.readyState })
}

const SOCKET_STATES = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 }
const { CONNECTING, OPEN, CLOSING, CLOSED } = SOCKET_STATES

/** The on… and off… of a task. */
function eventMethods(listeners: ReadonlyMap<string, Set<Listener>>): Record<string, unknown> {
  const methods = [...listeners].flatMap(([event, set]) => [
    [`on${event}`, (listener: Listener): void => { set.add(listener) }],
    [`off${event}`, (listener?: Listener): void => {
      if (listener === undefined) set.clear()
      else set.delete(listener)
    }],
  ])
  return Object.fromEntries(methods) as Record<string, unknown>
}
