import { AuthError, wxFailure } from './errors.js'
import type { AuthErrorCode } from './errors.js'
import type { Settings } from './options.js'

/** Methods that wx.request knows: there is no PATCH. */
export type Method = 'OPTIONS' | 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'TRACE' | 'CONNECT'

/** What wx.request answers. Any HTTP status is an answer. */
export interface WxResponse<T = unknown> {
  data: T
  statusCode: number
  header: Readonly<Record<string, string>>
  cookies?: readonly string[]
  errMsg: string
}

/** What a failed wx call answers. */
export interface WxFailure {
  errMsg: string
  errno?: number
}

/** What wx.login answers. `fromCache` marks an answer of wx.createCacheManager: its code is old. */
export interface WxLoginResult {
  code: string
  errMsg: string
  fromCache?: boolean
}

/** What wx.getUserProfile and wx.getUserInfo answer, and what the button's event carries as `detail`. */
export interface WxUserInfoResult {
  userInfo?: { nickName: string, avatarUrl: string }
  rawData?: string
  signature?: string
  encryptedData?: string
  iv?: string
  errMsg?: string
}

/** What the client uses of `wx`. `wx` itself fits, and so do Taro and uni. */
export interface WxRuntime {
  login(options: { timeout?: number, success?: (result: WxLoginResult) => void, fail?: (failure: WxFailure) => void }): unknown
  request(options: {
    url: string
    method?: Method
    data?: string | object | ArrayBuffer
    header?: Record<string, string>
    timeout?: number
    success?: (response: WxResponse) => void
    fail?: (failure: WxFailure) => void
  }): unknown
  getStorageSync(key: string): unknown
  setStorageSync(key: string, data: unknown): void
  removeStorageSync(key: string): void
  getAccountInfoSync?(): { miniProgram: { appId: string, envVersion?: string } }
  getUserProfile?(options: {
    desc: string
    lang?: 'en' | 'zh_CN' | 'zh_TW'
    success?: (result: WxUserInfoResult) => void
    fail?: (failure: WxFailure) => void
  }): unknown
  getUserInfo?(options: { withCredentials?: boolean, success?: (result: WxUserInfoResult) => void, fail?: (failure: WxFailure) => void }): unknown
}

declare const wx: WxRuntime | undefined

/** The runtime that was passed in, else the global `wx`, looked up at each use. */
export function runtimeOf(settings: Settings): WxRuntime {
  const runtime = settings.runtime || (typeof wx === 'undefined' ? undefined : wx)
  if (!runtime) throw new AuthError('UNSUPPORTED', { message: 'no wx here' })
  return runtime
}

/** The wx calls with callbacks that the client makes. */
export type Api = 'login' | 'request' | 'getUserProfile' | 'getUserInfo'

/** What a wx call gets, apart from its callbacks. */
export interface CallOptions {
  /** ms. */
  readonly timeout?: number
  readonly [name: string]: unknown
}

/**
 * Calls `wx` in this very turn (a tap needs that) and always settles: by success, fail, throw or `options.timeout`, whichever is first.
 * Without a timeout it waits for ever, because a person is deciding. `otherwise` is the code of a failure that no text explains.
 */
export function callWx<T>(settings: Settings, api: Api, options: CallOptions, otherwise: AuthErrorCode, onTask?: (task: Task) => void): Promise<T> {
  const { clock } = settings
  const { timeout } = options
  return new Promise<T>((resolve, reject) => {
    const runtime = runtimeOf(settings) as unknown as Record<Api, ((options: object) => Task) | undefined>
    if (!runtime[api]) throw new AuthError('UNSUPPORTED', { message: `no wx.${api}` })
    const ending = <V>(end: (value: V) => void) => (value: V) => {
      clock.clearTimeout(timer)
      end(value)
    }
    const success = ending<T>(resolve)
    const fail = ending((cause: unknown) => reject(wxFailure(cause, otherwise)))
    let task: Task
    const timer = timeout && clock.setTimeout(() => {
      fail({ errMsg: `${api}:fail timeout` })
      stop(task)
    }, timeout)
    try {
      task = runtime[api](Object.assign({}, options, { success, fail }))
      // Taro answers with a promise even when callbacks are passed; its rejection is ours already.
      Promise.resolve(task).then(nothing, nothing)
      if (onTask) onTask(task)
    } catch (error) {
      fail(error)
    }
  })
}

/** What a call returned: a RequestTask, a promise, or nothing. */
export type Task = { abort?(): void } | undefined

/** Aborts a RequestTask, if it is one. */
export function stop(task: Task): void {
  if (task && task.abort) task.abort()
}

function nothing(): void { /* settled elsewhere */ }
