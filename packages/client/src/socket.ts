import type { On } from './events.js'
import { AuthError, isAuthError } from './errors.js'
import { guard } from './events.js'
import type { Login } from './login.js'
import type { Settings } from './options.js'
import { addressOf, isForeign } from './prepare.js'
import type { Request } from './transfer.js'
import { callWx } from './wx.js'

/** Why a connection ended for good. */
export interface Closing {
  /** The close code of WebSocket; 1006 when there was none. */
  readonly code: number
  readonly reason: string
  /** Why nobody reconnects, unless `close()` was called or the server closed with 1000. */
  readonly error?: AuthError
}

/** Options of `connect`. */
export interface ConnectOptions {
  /** A path below `baseURL`, or a wss address of the same host. */
  readonly url: string
  readonly header?: Readonly<Record<string, string>>
  readonly protocols?: readonly string[]
  /** Connected, also again: whatever the server must know is sent here. */
  readonly onOpen?: () => void
  readonly onMessage?: (data: string | ArrayBuffer) => void
  /** Not connected just now; a reconnect follows by itself. */
  readonly onDrop?: (closing: Closing) => void
  /** Ended for good; called once. */
  readonly onClose?: (closing: Closing) => void
}

/** A WebSocket that reconnects by itself. */
export interface Connection {
  /** Resolves when wx has taken the message; rejects with `NETWORK` while there is no connection: nothing is queued or sent twice. */
  send(data: string | ArrayBuffer): Promise<void>
  /** Ends it for good. Default: 1000. */
  close(code?: number, reason?: string): void
}

/**
 * A WebSocket that waits for the login, is signed anew at each connect, and comes back with a growing delay (1 s to 30 s). When it is
 * closed with 4401, or the handshake fails, the session is checked first, and renewed if it is dead. A log-out ends it with `SIGNED_OUT`.
 *
 * ```ts
 * const live = client.connect({ url: '/live', onMessage: (data) => console.log(data) })
 * ```
 */
export type Connect = (options: ConnectOptions) => Connection

interface SocketTask {
  send(options: object): void
  close(options: object): void
  onOpen(listener: () => void): void
  onMessage(listener: (message: { readonly data: string | ArrayBuffer }) => void): void
  onError(listener: (failure: { readonly errMsg: string }) => void): void
  onClose(listener: (closing: { readonly code?: number, readonly reason?: string }) => void): void
}

/** The close code that means 401. */
const UNAUTHORIZED = 4401
const LONGEST_WAIT_MS = 30_000

/** `client.connect`. */
export function createConnect(settings: Settings, login: Login, request: Request, on: On): Connect {
  const base = settings.baseURL.replace(/^http/, 'ws')

  /** Asks the server whether the session still stands; `request` renews or ends it as the server says. */
  async function check(): Promise<void> {
    const { token } = await login.ready()
    const { statusCode } = await request({ url: settings.endpoints.session })
    // A back end without that route cannot tell: then the token is to blame, at most once in a while.
    if (statusCode === 404) login.forsake(token)
  }

  return (options) => {
    if (isForeign(options.url, base)) throw new TypeError('connect: another host')
    const { clock } = settings
    let task: SocketTask | undefined
    let opened = 0
    let ended = false
    let failures = 0
    let timer: unknown
    const off = on('logout', () => end({ code: 1006, reason: '', error: new AuthError('SIGNED_OUT') }))

    function end(closing: Closing, code = 1000, reason = ''): void {
      if (ended) return
      ended = true
      off()
      clock.clearTimeout(timer)
      if (task) task.close({ code, reason })
      guard(options.onClose, closing)
    }

    function lost(closing: Closing): void {
      clock.clearTimeout(timer)
      if (closing.code === 1000) return end(closing)
      const doubtful = !opened || closing.code === UNAUTHORIZED
      // A connection that lasted shows that all is well again.
      if (opened && clock.now() - opened > LONGEST_WAIT_MS) failures = 0
      const wait = Math.min(1000 * 2 ** failures++, LONGEST_WAIT_MS)
      task = undefined
      opened = 0
      guard(options.onDrop, closing)
      // Not all at the same moment after a restart of the server.
      if (!ended) timer = clock.setTimeout(() => void start(doubtful), wait * (0.5 + Math.random() / 2))
    }

    function listen(mine: SocketTask): void {
      task = mine
      const drop = (closing: Closing) => { if (task === mine && !ended) lost(closing) }
      timer = clock.setTimeout(() => {
        drop({ code: 1006, reason: 'timeout' })
        mine.close({})
      }, settings.requestTimeout)
      mine.onOpen(() => {
        clock.clearTimeout(timer)
        opened = clock.now()
        guard(options.onOpen, undefined)
      })
      mine.onMessage(({ data }) => guard(options.onMessage, data))
      mine.onError(({ errMsg }) => drop({ code: 1006, reason: errMsg }))
      mine.onClose(({ code = 1006, reason = '' }) => drop({ code, reason }))
      if (ended) mine.close({})
    }

    async function start(doubtful: boolean): Promise<void> {
      try {
        if (doubtful) await check()
        const { token } = await login.ready()
        if (ended) return
        const { url, header, protocols } = options
        const signed = Object.assign({}, header, settings.header(token))
        await callWx(settings, 'connectSocket', { url: addressOf(url, base), header: signed, protocols, timeout: settings.requestTimeout }, 'NETWORK', (made) => {
          // Taro hands out a promise of the task; what fails there fails here too.
          Promise.resolve(made as unknown as SocketTask).then(listen).then(undefined, () => undefined)
        })
      } catch (error) {
        const closing = { code: 1006, reason: String((error as AuthError).message), error: error as AuthError }
        if (ended) return
        if (isAuthError(error) && error.retryable) lost(closing)
        else end(closing)
      }
    }

    void start(false)
    return {
      send: (data) => new Promise((resolve, reject) => {
        const fail = (cause: { readonly errMsg?: string }) => reject(new AuthError('NETWORK', { message: cause.errMsg, cause, retryable: true }))
        if (task && opened) task.send({ data, success: () => resolve(), fail })
        else fail({ errMsg: 'not connected' })
      }),
      close: (code = 1000, reason = '') => end({ code, reason }, code, reason),
    }
  }
}
