import type { Launch } from '../wire/messages.js'
import type { Connection } from './connection.js'

interface Callbacks {
  success?: unknown
  fail?: unknown
  complete?: unknown
}
type Options = Callbacks & Record<string, unknown>
type Listener = (result: unknown) => void

const isFunction = (value: unknown): value is Listener => typeof value === 'function'

/** The emulator's `wx`, over the wire: what the device has not is absent here too. `inTap` is asked at the moment of each call. */
export function createDeviceWx({ functions }: Launch, connection: Connection, inTap: () => boolean): Record<string, unknown> {
  const wx: Record<string, unknown> = {}
  for (const [api, style] of Object.entries(functions)) {
    if (api === 'request') wx[api] = (options?: Options) => request(options ?? {}, connection, inTap())
    else if (style === 'direct') wx[api] = (...args: unknown[]) => connection.direct(api, args, inTap())
    else wx[api] = (options?: Options) => call(api, options, style === 'promise', connection, inTap())
  }
  return wx
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

/** wx.request: its task, never a promise. */
function request({ success, fail, complete, ...rest }: Options, connection: Connection, tap: boolean): Record<string, unknown> {
  const listeners = { headers: new Set<Listener>(), chunk: new Set<Listener>() }
  const tell = (kind: keyof typeof listeners) => (result: unknown): void => { for (const listener of listeners[kind]) listener(result) }
  const abort = connection.call('request', rest, tap, { settled: notifier({ success, fail, complete }), headers: tell('headers'), chunk: tell('chunk') })
  const off = (kind: keyof typeof listeners) => (listener?: Listener): void => {
    if (listener === undefined) listeners[kind].clear()
    else listeners[kind].delete(listener)
  }
  return {
    abort,
    onHeadersReceived: (listener: Listener) => { listeners.headers.add(listener) },
    offHeadersReceived: off('headers'),
    onChunkReceived: (listener: Listener) => { listeners.chunk.add(listener) },
    offChunkReceived: off('chunk'),
  }
}
