import { createEvents } from './events.js'
import type { On } from './events.js'
import { createLogin } from './login.js'
import { logout } from './logout.js'
import type { LogoutOptions } from './logout.js'
import { checkOptions } from './options.js'
import type { ClientOptions } from './options.js'
import { createPhone } from './phone.js'
import type { PhoneCall } from './phone.js'
import { createProfile } from './profile.js'
import type { ProfileCalls } from './profile.js'
import { createPrivacy } from './privacy.js'
import type { PrivacyCalls } from './privacy.js'
import { createTransport } from './request.js'
import { createScope } from './scope.js'
import type { ScopeCall } from './scope.js'
import { createSensitive } from './sensitive.js'
import type { Sensitive } from './sensitive.js'
import { createSession } from './session.js'
import type { Session, SessionUser } from './session.js'
import { createConnect } from './socket.js'
import type { Connect } from './socket.js'
import type { Download, Request, RequestOptions, RequestPromise, Upload } from './transfer.js'
import { createWebviewTicket } from './webview.js'
import type { WebviewTicket } from './webview.js'
import type { Method } from './wx.js'

/** A request without its address. */
export type RequestConfig<T = unknown> = Omit<RequestOptions<T>, 'url' | 'method'>

/** A request without its address and body. */
export type BodyConfig<T = unknown> = Omit<RequestConfig<T>, 'data'>

type Body = RequestOptions['data']

/** Login, session and requests of one mini program. */
export interface Client {
  /** The current session, or null. Never a promise, never a login. */
  readonly session: Session | null
  /** The current user, or null. */
  readonly user: SessionUser | null
  /** The current session, else the one login that everybody shares. Rejects with `SIGNED_OUT` after a log-out. */
  ready(): Promise<Session>
  /**
   * Logs in on purpose, and ends a sticky log-out when it succeeds. A live session is returned as it is; `force` gets a new one.
   * Joins a login that is under way.
   */
  login(options?: { readonly force?: boolean }): Promise<Session>
  /** Forgets the session at once and stays signed out until `login()`, also over restarts; then tells the server. */
  logout(options?: LogoutOptions): Promise<void>
  /**
   * For the interceptor of another HTTP library: after a request with this token was rejected, gives a session to send it again with.
   * Logs in only if nobody has done so since.
   *
   * ```ts
   * const { token } = await client.recover('the token that was refused')
   * ```
   */
  recover(failedToken: string): Promise<Session>
  /**
   * wx.request that waits for the login, is signed, and is sent once more after a silent login when its session turns out dead. Also a POST:
   * the server rejected it before acting; `replay: false` opts out. Answers of any other status resolve, as with wx.request.
   */
  request: Request
  /**
   * `request` in short. There is no PATCH: wx.request knows none.
   *
   * ```ts
   * const { data } = await client.get<Order[]>('/orders', { data: { page: 2 } })
   * await client.post('/orders', { sku: 'A1' })
   * await client.put('/orders/1', { amount: 2 })
   * await client.delete('/orders/1')
   * ```
   */
  get<T = unknown>(url: string, config?: RequestConfig<T>): RequestPromise<T>
  delete<T = unknown>(url: string, config?: RequestConfig<T>): RequestPromise<T>
  post<T = unknown>(url: string, data?: Body, config?: BodyConfig<T>): RequestPromise<T>
  put<T = unknown>(url: string, data?: Body, config?: BodyConfig<T>): RequestPromise<T>
  /**
   * Adds a listener; the function returned removes it.
   *
   * ```ts
   * const off = client.on('logout', ({ by }) => { if (by === 'server') console.log('the session was ended elsewhere') })
   * off()
   * ```
   */
  readonly on: On
  /** wx.uploadFile with the same guarantees as `request`; the form's field is `file` unless `name` says otherwise. */
  readonly upload: Upload
  /** wx.downloadFile with the same guarantees; an answer that is no 2xx rejects with `REFUSED`: an error page is not the file. */
  readonly download: Download
  readonly connect: Connect
  readonly profile: ProfileCalls
  readonly phone: PhoneCall
  readonly scope: ScopeCall
  readonly privacy: PrivacyCalls
  readonly sensitive: Sensitive
  readonly webviewTicket: WebviewTicket
}

/**
 * Makes a client. Nothing happens until it is used: no login, no storage, no `wx`.
 *
 * ```ts
 * export const client = createClient({ baseURL: 'https://api.example.com' })
 * const { data } = await client.get<Order[]>('/orders')
 * ```
 */
export function createClient(options: ClientOptions): Client {
  const settings = checkOptions(options)
  const { on, emit } = createEvents(settings.debug)
  const session = createSession(settings, emit)
  const login = createLogin(settings, session, emit)
  const transport = createTransport(settings, session, login, on)
  const { request, upload, download } = transport

  const send = <T>(method: Method, url: string, config: RequestConfig<T> | undefined, body?: { data: Body }) =>
    request<T>(Object.assign({}, config, body, { method, url }) as RequestOptions<T>)

  return {
    get session() { return session.current() },
    get user() {
      const now = session.current()
      return now && now.user
    },
    ready: login.ready,
    login: login.login,
    logout: (how) => logout(settings, session, how),
    recover: (failedToken) => login.recover(failedToken),
    request,
    get: (url, config) => send('GET', url, config),
    delete: (url, config) => send('DELETE', url, config),
    post: (url, data, config) => send('POST', url, config, { data }),
    put: (url, data, config) => send('PUT', url, config, { data }),
    on,
    upload,
    download,
    connect: createConnect(settings, login, request, on),
    profile: createProfile(settings, session, login, transport),
    phone: createPhone(settings, session, login, request),
    scope: createScope(settings),
    privacy: createPrivacy(settings),
    sensitive: createSensitive(settings, login),
    webviewTicket: createWebviewTicket(settings, request),
  }
}
