import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { maskBody, maskUrl } from '../masking.js'
import { timeoutOf } from './callback.js'
import type { Settle, WxCall, WxCallbacks, WxResult } from './callback.js'
import type { DeviceContext } from './device-context.js'
import { createListeners } from './listeners.js'
import { headerOf, headersOf, toArrayBuffer } from './network-task.js'
import { findSocketAddress } from './request-address.js'
import { reasonOf } from './request-transfer.js'

/** Options of wx.connectSocket. */
export interface ConnectSocketOptions extends WxCallbacks<WxResult> {
  url: string
  /** `Referer` cannot be set. */
  header?: object | undefined
  protocols?: string[] | undefined
  perMessageDeflate?: boolean | undefined
  /** ms until the connection stands. Default: 60 000. */
  timeout?: number | undefined
}

/** What SocketTask.close takes. */
export interface SocketCloseOptions extends WxCallbacks<WxResult> {
  /** 1000 (default) or 3000 to 4999. */
  code?: number | undefined
  /** At most 123 bytes. */
  reason?: string | undefined
}

/** What SocketTask.send takes. */
export interface SocketSendOptions extends WxCallbacks<WxResult> {
  data: string | ArrayBuffer
}

/** What wx.connectSocket returns. Success of connectSocket means that it was started; `onOpen` tells that the connection stands. */
export interface SocketTask {
  readonly CONNECTING: 0
  readonly OPEN: 1
  readonly CLOSING: 2
  readonly CLOSED: 3
  readonly readyState: number
  send(options: SocketSendOptions): void
  close(options?: SocketCloseOptions): void
  onOpen(listener: (result: { readonly header: Readonly<Record<string, string>> }) => void): void
  onMessage(listener: (result: { readonly data: string | ArrayBuffer }) => void): void
  onError(listener: (result: WxResult) => void): void
  onClose(listener: (result: { readonly code: number, readonly reason: string }) => void): void
}

/** wx.connectSocket, and the functions for programs that know one connection only: they speak of the newest and hear of all. */
export interface ConnectSocketApis {
  connectSocket(options: ConnectSocketOptions): SocketTask
  sendSocketMessage: WxCall<{ data: string | ArrayBuffer }, WxResult>
  /** Fails until the connection stands. */
  closeSocket: WxCall<{ code?: number | undefined, reason?: string | undefined }, WxResult>
  onSocketOpen: SocketTask['onOpen']
  onSocketMessage: SocketTask['onMessage']
  onSocketError: SocketTask['onError']
  onSocketClose: SocketTask['onClose']
}

const MOST_AT_ONCE = 5
const DEFAULT_TIMEOUT = 60_000
/** Bytes of a close reason. */
const LONGEST_REASON = 123

function createSocketListeners() {
  return {
    open: createListeners<{ readonly header: Readonly<Record<string, string>> }>(),
    message: createListeners<{ readonly data: string | ArrayBuffer }>(),
    error: createListeners<WxResult>(),
    close: createListeners<{ readonly code: number, readonly reason: string }>(),
  }
}

type SocketListeners = ReturnType<typeof createSocketListeners>

interface Connection {
  /** Undefined when it was never tried. */
  socket: WebSocket | undefined
  /** Whether the program gave it up: what goes wrong after that is no error. */
  given: boolean
  readonly listeners: SocketListeners
}

/** Tells `all` whatever `one` is told. */
function passOn(one: SocketListeners, all: SocketListeners): void {
  one.open.on(all.open.tell)
  one.message.on(all.message.tell)
  one.error.on(all.error.tell)
  one.close.on(all.close.tell)
}

/** The socket functions of one device: at most five connections that are not closed. */
export function createConnectSocket(device: DeviceContext): ConnectSocketApis {
  const open = new Set<WebSocket>()
  const all = createSocketListeners()
  let newest: Connection | undefined
  /** What `act` does to the newest connection, once it stands. */
  const onNewest = <Options extends object>(api: string, act: (connection: Connection, options: Options, settle: Settle<object>) => void) =>
    (options?: Options) => device.caller.call<object>(api, options, (settle) => {
      if (newest?.socket?.readyState !== WebSocket.OPEN) settle.fail('WebSocket is not connected')
      else act(newest, options ?? {} as Options, settle)
      return undefined
    })
  return {
    onSocketOpen: all.open.on, onSocketMessage: all.message.on, onSocketError: all.error.on, onSocketClose: all.close.on,
    sendSocketMessage: onNewest<SocketSendOptions>('sendSocketMessage', (connection, { data }, settle) => sendOver(connection, data, device, settle)) as ConnectSocketApis['sendSocketMessage'],
    closeSocket: onNewest<SocketCloseOptions>('closeSocket', closeConnection) as ConnectSocketApis['closeSocket'],
    connectSocket(options) {
      const connection: Connection = { socket: undefined, given: false, listeners: createSocketListeners() }
      passOn(connection.listeners, all)
      newest = connection
      device.caller.start<object>('connectSocket', options, undefined, (settle) => {
        connect(options, device, open, connection, settle)
        return undefined
      })
      return createTask(connection, device)
    },
  }
}

function connect(options: ConnectSocketOptions, device: DeviceContext, open: Set<WebSocket>, connection: Connection, settle: Settle<object>): void {
  const address = findSocketAddress(options.url, device.domains.socket(), device.checkDomains)
  if ('reason' in address) settle.fail(address.reason, address.errno)
  else if (open.size >= MOST_AT_ONCE) settle.fail('exceed max cocurrent count')
  else {
    try {
      const socket = new WebSocket(address.url, options.protocols ?? [], {
        headers: headersOf(options.header, {}, device), perMessageDeflate: options.perMessageDeflate === true,
      })
      connection.socket = socket
      open.add(socket)
      socket.once('close', () => open.delete(socket))
      follow(socket, options, device, connection)
      settle.ok({})
    } catch (error) {
      settle.fail(`invalid parameter: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

function follow(socket: WebSocket, options: ConnectSocketOptions, device: DeviceContext, connection: Connection): void {
  const { listeners } = connection
  const { caller, wechat: { traffic, clock }, user } = device
  const name = `WS ${options.url.split('?', 1)[0]}`
  const answered = traffic.note({ from: 'phone', to: 'server', name, ...user, detail: { url: maskUrl(options.url), header: headersOf(options.header, {}, device) } })
  const forget = device.onEnd(() => socket.terminate())
  const cancelTimeout = clock.after(timeoutOf(options.timeout) ?? timeoutOf(device.networkTimeout.connectSocket) ?? DEFAULT_TIMEOUT, () => fail('timeout'))
  let header: Record<string, string> = {}

  function fail(reason: string): void {
    if (connection.given) return
    connection.given = true
    answered(false, { reason })
    caller.tell(() => listeners.error.tell({ errMsg: reason }))
    socket.terminate()
  }

  socket.on('upgrade', (response: IncomingMessage) => { header = headerOf(response) })
  socket.on('open', () => {
    cancelTimeout()
    answered(true, { header })
    caller.tell(() => listeners.open.tell({ header }))
  })
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    traffic.noteLocal({ name: `${name} ⇠`, ...user, detail: isBinary ? `(${data.length} bytes)` : maskBody(data.toString()) })
    caller.tell(() => listeners.message.tell({ data: isBinary ? toArrayBuffer(data) : data.toString() }))
  })
  socket.on('unexpected-response', (_request, { statusCode }) => fail(`Invalid HTTP status ${statusCode}`))
  socket.on('error', (error: Error) => fail(reasonOf(error)))
  socket.on('close', (code: number, reason: Buffer) => {
    cancelTimeout()
    forget()
    traffic.noteLocal({ name: `${name} closed`, ...user, detail: { code, reason: reason.toString() } })
    caller.tell(() => listeners.close.tell({ code, reason: reason.length === 0 && code === ABNORMAL ? 'abnormal closure' : reason.toString() }))
  })
}

/** Close code of RFC 6455 for a connection that was lost. */
const ABNORMAL = 1006

function createTask(connection: Connection, device: DeviceContext): SocketTask {
  const { listeners } = connection
  const { caller } = device
  return {
    CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3,
    get readyState() { return connection.socket?.readyState ?? WebSocket.CLOSED },
    onOpen: listeners.open.on, onMessage: listeners.message.on, onError: listeners.error.on, onClose: listeners.close.on,
    send(options) {
      const isOpen = connection.socket?.readyState === WebSocket.OPEN
      caller.start<object>(isOpen ? 'sendSocketMessage' : 'SocketTask.send', options, undefined, (settle) => {
        if (isOpen) sendOver(connection, options.data, device, settle)
        else settle.fail('SocketTask.readyState is not OPEN')
        return undefined
      })
    },
    close(options = {}) {
      caller.start<object>('closeSocket', options, undefined, (settle) => {
        closeConnection(connection, options, settle)
        return undefined
      })
    },
  }
}

function sendOver({ socket }: Connection, data: unknown, { wechat: { traffic }, user }: DeviceContext, settle: Settle<object>): void {
  if (typeof data !== 'string' && !(data instanceof ArrayBuffer)) return settle.fail('parameter error: parameter.data should be String or ArrayBuffer')
  traffic.noteLocal({ name: 'WS ⇢', ...user, detail: typeof data === 'string' ? maskBody(data) : `(${data.byteLength} bytes)` })
  socket?.send(data)
  settle.ok({})
}

function closeConnection(connection: Connection, { code = 1000, reason = '' }: SocketCloseOptions, settle: Settle<object>): void {
  if (code !== 1000 && !(code >= 3000 && code <= 4999)) return settle.fail('The code must be either 1000, or between 3000 and 4999')
  if (Buffer.byteLength(reason) > LONGEST_REASON) return settle.fail('The reason must not be longer than 123 bytes')
  connection.given = true
  connection.socket?.close(code, reason)
  settle.ok({})
}
