import { deviceClock } from './clock.js'
import type { Clock } from './clock.js'
import type { WxResponse, WxRuntime } from './wx.js'

/** Options of `createClient`. */
export interface ClientOptions {
  /** Where the back end is, for example `https://api.example.com`. There is no default: nobody's own address may ship. Not with `container`. */
  readonly baseURL?: string
  /** Default: what `wx.getAccountInfoSync()` says. */
  readonly appid?: string
  /** `Taro`, `uni`, or a stand-in for tests. Default: the global `wx`, looked up when it is needed. */
  readonly runtime?: WxRuntime
  /** Paths of an own back end that speaks the same wire format. */
  readonly endpoints?: Partial<Endpoints>
  /** False: only `login()` logs in; nothing happens silently, not even a renewal. Default: true. */
  readonly autoLogin?: boolean
  /** First part of the storage key, before AppID and release channel. Default: `tongxing`. */
  readonly storageKey?: string
  /** How a request is signed; also called with '' to learn the header's names. Default: `Authorization: Bearer <token>`. */
  readonly header?: (token: string) => Record<string, string>
  /** Which answers of an own back end mean that the session is dead, beside HTTP 401; the server's `action` wins over it. */
  readonly isExpired?: (response: WxResponse) => boolean
  /** Fields for the application's hooks, sent as `extra` with each login. The login waits for it, at most `timeout.login`. */
  readonly extraLogin?: () => Record<string, unknown> | Promise<Record<string, unknown>>
  /**
   * How often a login is tried again with a new code, 0 to 3: when the server does not answer, answers `relogin`, or answers 5xx or a page and
   * does not say what to do. Default: `{login: 1}`.
   */
  readonly retry?: { readonly login?: number }
  /** In ms. `login` holds for wx.login and for the exchange, each. Default: `{login: 8000, request: 15000}`. */
  readonly timeout?: { readonly login?: number, readonly request?: number }
  /** What the user would recognise this device by, sent with each login and shown in the list of sessions. At most 64 characters. */
  readonly device?: string
  /** Hosts that `webviewTicket` may hand a user over to, for example `['h5.example.com']`. Default: none. */
  readonly webviewHosts?: readonly string[]
  /** WeChat Cloud Hosting: requests go through `wx.cloud.callContainer` to this service instead of to `baseURL`. */
  readonly container?: { readonly env: string, readonly service: string }
  /** True prints a line for each step on the console; a function gets the lines. They hold no token, code, query or body. */
  readonly debug?: boolean | ((line: string) => void)
  /** For tests only. Default: the device's clock. */
  readonly clock?: Clock
}

/** Paths of the calls that the client makes itself. */
export interface Endpoints {
  readonly login: string
  readonly logout: string
  readonly me: string
  readonly profile: string
  readonly avatar: string
  readonly phone: string
  readonly session: string
  readonly tickets: string
}

/** The options, checked and complete. */
export interface Settings extends Omit<ClientOptions, 'debug'> {
  readonly baseURL: string
  readonly endpoints: Endpoints
  readonly autoLogin: boolean
  readonly storageKey: string
  readonly header: (token: string) => Record<string, string>
  readonly isExpired: (response: WxResponse) => boolean
  readonly loginRetries: number
  readonly loginTimeout: number
  readonly requestTimeout: number
  readonly clock: Clock
  readonly webviewHosts: readonly string[]
  readonly debug: ((line: string) => void) | undefined
}

declare const console: { log(value: unknown): void }

// More than that and a timer fires at once.
const LONGEST_MS = 0x7FFFFFFF

/** True for a number of ms that a timer can wait: not 0, not NaN, not Infinity. */
export const isDuration = (ms: number): boolean => ms > 0 && ms <= LONGEST_MS

// The protocol's paths; written out, because only types of the protocol may enter the bundle.
const ENDPOINTS: Endpoints = {
  login: '/v1/login', logout: '/v1/logout', me: '/v1/me', profile: '/v1/me/profile', avatar: '/v1/me/avatar', phone: '/v1/me/phone',
  session: '/v1/session', tickets: '/v1/tickets',
}

/** Checks everything once and reports all problems in one message. */
export function checkOptions(options: ClientOptions): Settings {
  const {
    container, baseURL = container ? `container:${container.env}/${container.service}` : '', endpoints, webviewHosts = [], debug, autoLogin = true, storageKey = 'tongxing', clock = deviceClock,
    header = (token) => ({ Authorization: `Bearer ${token}` }), isExpired = () => false, extraLogin = isExpired,
    retry: { login: loginRetries = 1 } = {}, timeout: { login: loginTimeout = 8000, request: requestTimeout = 15000 } = {},
  } = options
  // What ships inside a mini program can be unpacked by anybody: an AppSecret must stay on the server.
  const problems = Object.keys(options).filter((name) => /secret|session_?key/i.test(name)).map((name) => `${name} must stay on the server`)
  const demand = (holds: boolean, problem: string) => { if (!holds) problems.push(problem) }
  demand(!!container || /^https?:\/\/[^/?#\s][^?#\s]*$/.test(baseURL), 'baseURL must be an https address')
  demand(loginRetries >= 0 && loginRetries < 4, 'retry.login must be 0 to 3')
  demand(isDuration(loginTimeout) && isDuration(requestTimeout), 'timeout must be positive and finite')
  demand([header, isExpired, extraLogin].every((value) => typeof value === 'function'), 'header, isExpired, extraLogin must be functions')
  if (problems[0]) throw new TypeError(`createClient: ${problems.join('; ')}`)
  return Object.assign({}, options, {
    baseURL: baseURL.replace(/([^/])\/+$/, '$1'), endpoints: Object.assign({}, ENDPOINTS, endpoints),
    webviewHosts, debug: debug === true ? (line: string) => console.log(`[tongxing] ${line}`) : debug || undefined,
    autoLogin, storageKey, clock, header, isExpired, loginRetries, loginTimeout, requestTimeout,
  })
}
