import { AuthError, wxFailure } from './errors.js'
import type { AuthErrorCode } from './errors.js'
import type { Settings } from './options.js'
import { problemOf } from './problem.js'

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

/** What wx.uploadFile answers: `data` is always text. Not every base library tells the header. */
export interface WxUploadResponse {
  data: string
  statusCode: number
  header?: Readonly<Record<string, string>>
  errMsg: string
}

/** What wx.downloadFile answers: a temporary file, or the `filePath` that was asked for. */
export interface WxDownloadResponse {
  tempFilePath?: string
  filePath?: string
  statusCode: number
  header?: Readonly<Record<string, string>>
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
  getAccountInfoSync?(): { miniProgram: { appId: string, envVersion?: string }, plugin?: object }
  getUserProfile?(options: {
    desc: string
    lang?: 'en' | 'zh_CN' | 'zh_TW'
    success?: (result: WxUserInfoResult) => void
    fail?: (failure: WxFailure) => void
  }): unknown
  getUserInfo?(options: { withCredentials?: boolean, success?: (result: WxUserInfoResult) => void, fail?: (failure: WxFailure) => void }): unknown
  // The rest is used where it is there. `never`: the typings of wx, Taro and uni disagree about the options, not about what the client passes.
  uploadFile?(options: never): unknown
  downloadFile?(options: never): unknown
  connectSocket?(options: never): unknown
  checkSession?(options: never): unknown
  getSetting?(options: never): unknown
  authorize?(options: never): unknown
  openSetting?(options: never): unknown
  showModal?(options: never): unknown
  getPrivacySetting?(options: never): unknown
  openPrivacyContract?(options: never): unknown
  onNeedPrivacyAuthorization?(listener: never): unknown
  onAppShow?(listener: never): unknown
  onAppHide?(listener: never): unknown
  readonly cloud?: object
}

declare const wx: WxRuntime | undefined

/** The runtime that was passed in, else the global `wx`, looked up at each use. */
export function runtimeOf(settings: Settings): WxRuntime {
  const runtime = settings.runtime || (typeof wx === 'undefined' ? undefined : wx)
  if (!runtime) throw new AuthError('UNSUPPORTED', { message: 'no wx here' })
  return runtime
}

/** The wx calls with callbacks that the client makes. */
export type Api =
  | 'login' | 'checkSession' | 'request' | 'uploadFile' | 'downloadFile' | 'connectSocket' | 'getUserProfile' | 'getUserInfo'
  | 'getSetting' | 'authorize' | 'openSetting' | 'showModal' | 'getPrivacySetting' | 'openPrivacyContract'

/** What a wx call gets, apart from its callbacks. */
export interface CallOptions {
  /** ms. */
  readonly timeout?: number
  readonly [name: string]: unknown
}

/**
 * Calls `wx` in this very turn (a tap needs that) and always settles: by success, fail, throw or `options.timeout`, whichever is first.
 * Without a timeout it waits for ever, because a person is deciding. `otherwise` is the code of a failure that no text explains.
 * `then` runs in the turn of wx's own callback, which for a popup is the turn of a tap; it must reject rather than throw, for nobody catches there.
 */
export function callWx<T, R = T>(settings: Settings, api: Api, options: CallOptions, otherwise: AuthErrorCode, onTask?: (task: Task) => void, then?: (result: T) => R | Promise<R>): Promise<R> {
  const { clock } = settings
  const { timeout } = options
  const begun = clock.now()
  return new Promise<R>((resolve, reject) => {
    const call = functionOf(settings, api)
    let debug: ((line: string) => void) | null | undefined = settings.debug
    const ending = <V extends object>(end: (value: V) => void) => (value: V) => {
      clock.clearTimeout(timer)
      if (debug) debug(lineOf(api, options, value, clock.now() - begun))
      // After a timeout, wx tells of our own abort as well.
      debug = null
      end(value)
    }
    const success = ending((result: T & object) => resolve(then ? then(result) : result as unknown as R))
    const fail = ending((cause) => reject(wxFailure(cause, otherwise)))
    let task: Task
    const timer = timeout && clock.setTimeout(() => {
      fail({ errMsg: `${api}:fail timeout` })
      stop(task)
    }, timeout)
    try {
      task = call(Object.assign({}, options, { success, fail }))
      // Taro answers with a promise even when callbacks are passed; its rejection is ours already.
      Promise.resolve(task).then(nothing, nothing)
      if (onTask) onTask(task)
    } catch (error) {
      fail(error as object)
    }
  })
}

type Call = (options: object) => Task

function functionOf(settings: Settings, api: Api): Call {
  const runtime = runtimeOf(settings) as unknown as Record<Api, Call | undefined> & { cloud?: { callContainer?: Call } }
  const { container, baseURL } = settings
  if (api === 'request' && container && runtime.cloud && runtime.cloud.callContainer) {
    return (options) => {
      const { url, header } = options as { url: string, header?: object }
      return runtime.cloud!.callContainer!(Object.assign({}, options, {
        config: { env: container.env }, path: url.slice(baseURL.length), header: Object.assign({ 'X-WX-SERVICE': container.service }, header),
      }))
    }
  }
  if (!runtime[api] || (container && /^request|File|Socket/.test(api))) throw new AuthError('UNSUPPORTED', { message: `no wx.${api}` })
  return (options) => runtime[api]!(options)
}

/** For the debug mode: what was called, what came of it. Neither a query nor a header nor a body: they may hold secrets. */
function lineOf(api: Api, options: CallOptions, result: object, ms: number): string {
  const { method = 'GET', url } = options as { method?: Method, url?: string }
  const { statusCode, errMsg } = Object(result) as { statusCode?: number, errMsg?: string }
  const { code = '', action = '' } = (statusCode! >= 400 && problemOf(result as WxResponse)) || {}
  return `${url ? `${api === 'request' ? method : api} ${url.split(/[?#]/)[0]!}` : `wx.${api}`} → ${statusCode || errMsg} ${code} ${action} ${ms} ms`.replace(/ +/g, ' ')
}

/** What a call returned: a RequestTask, a promise, or nothing. */
export type Task = { abort?(): void } | undefined

/** Aborts a RequestTask, if it is one. */
export function stop(task: Task): void {
  if (task && task.abort) task.abort()
}

function nothing(): void { /* settled elsewhere */ }
