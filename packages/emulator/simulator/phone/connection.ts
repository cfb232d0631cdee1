import type { DirectAnswer, DirectCall, FromPhone, Launch, Sheet, ToPhone } from '../wire/messages.js'
import { PREFIX, REPLACED } from '../wire/messages.js'
import { pack, unpack } from '../wire/pack.js'

/** What comes of one call. */
export interface CallListener {
  settled(ok: boolean, result: unknown): void
  /** An event of the task that the call returned; such a call may tell of events after it has settled. */
  event?(event: string, result: unknown): void
}

/** A call that was started. */
export interface StartedCall {
  abort(): void
  /** Calls a method of the task that the call returned. */
  method(name: string, options: unknown, listener: CallListener): void
  /** Nothing more will come. */
  forget(): void
}

/** The way to the emulator. */
export interface Connection {
  /** Starts a call with callbacks. */
  call(api: string, options: unknown, tap: boolean, listener: CallListener): StartedCall
  /** Throws what the emulator's function threw. */
  direct(api: string, args: unknown[], tap: boolean): unknown
  /** Adds a listener of wx; returns how to take it off. */
  listen(api: string, listener: (...args: unknown[]) => void): () => void
  send(message: FromPhone): void
}

/** Who is told of what the emulator starts by itself. */
export interface ConnectionListener {
  /** WeChat asks the person; resolves to the answer. */
  ask(sheet: Sheet): Promise<boolean>
  /** The person visits the settings; resolves to the switches. */
  settings(authSetting: Readonly<Record<string, boolean>>): Promise<Readonly<Record<string, boolean>>>
  /** The person leaves the mini program, or comes back. */
  visibility(hidden: boolean): void
  /** The emulator's clock was moved. */
  clock(offset: number): void
  /** Nothing will be answered any more. `replaced`: the phone runs in another document. */
  lost(replaced: boolean): void
}

/** Messages wait until the WebSocket is open. */
export function connect({ phone, launch }: Launch, listener: ConnectionListener): Connection {
  const base = `${PREFIX}/phones/${phone}`
  const socket = new WebSocket(`ws://${location.host}${base}/socket?${launch}`)
  const waiting: string[] = []
  const calls = new Map<number, CallListener>()
  const listeners = new Map<number, (...args: unknown[]) => void>()
  let lastId = 0

  const send = (message: FromPhone): void => {
    const text = JSON.stringify(message)
    if (socket.readyState === WebSocket.OPEN) socket.send(text)
    else if (socket.readyState === WebSocket.CONNECTING) waiting.push(text)
  }
  socket.addEventListener('open', () => { for (const text of waiting.splice(0)) socket.send(text) })
  socket.addEventListener('close', ({ code }) => { listener.lost(code === REPLACED) })
  socket.addEventListener('message', ({ data }) => { take(JSON.parse(String(data)) as ToPhone) })

  function take(message: ToPhone): void {
    if (message.type === 'ask') {
      const { sheet } = message
      void listener.ask(sheet).then((allow) => { send({ type: 'answer', question: sheet.question, allow }) })
      return
    }
    if (message.type === 'settings') {
      const { question } = message
      void listener.settings(message.authSetting).then((authSetting) => { send({ type: 'settings', question, authSetting }) })
      return
    }
    if (message.type === 'heard') return hear(message)
    if (message.type === 'visibility') return listener.visibility(message.hidden)
    if (message.type === 'clock') return listener.clock(message.offset)
    const call = calls.get(message.id)
    const result = unpack(message.result)
    if (message.type === 'event') return call?.event?.(message.event, result)
    if (call?.event === undefined) calls.delete(message.id)
    call?.settled(message.ok, result)
  }

  function hear({ id, args, reply }: Extract<ToPhone, { type: 'heard' }>): void {
    const [first, ...rest] = unpack(args) as unknown[]
    const answer = (value: unknown): void => { if (reply !== undefined) send({ type: 'reply', reply, value: pack(value) }) }
    listeners.get(id)?.(reply === undefined ? first : answer, ...rest)
  }

  const start = (listener: CallListener): number => {
    calls.set(++lastId, listener)
    return lastId
  }

  return {
    send,
    call(api, options, tap, call) {
      const task = start(call)
      send({ type: 'call', id: task, api, options: pack(options), tap })
      return {
        abort: () => { send({ type: 'abort', id: task }) },
        method: (method, given, listener) => { send({ type: 'method', id: start(listener), task, method, options: pack(given) }) },
        forget: () => { calls.delete(task) },
      }
    },
    listen(api, own) {
      const id = ++lastId
      listeners.set(id, own)
      send({ type: 'listen', id, api })
      return () => {
        listeners.delete(id)
        send({ type: 'unlisten', id })
      }
    },
    direct: (api, args, tap) => callNow(`${base}/call`, { launch, api, args: pack(args), tap }),
  }
}

// Only a synchronous XMLHttpRequest can answer at once from where the emulator is.
function callNow(url: string, call: DirectCall): unknown {
  const request = new XMLHttpRequest()
  request.open('POST', url, false)
  request.setRequestHeader('content-type', 'application/json')
  request.send(JSON.stringify(call))
  const answer = JSON.parse(request.responseText) as DirectAnswer
  if ('error' in answer) throw new Error(answer.error)
  return unpack(answer.value)
}
