import type { LoginRequest, LoginResponse } from '@tongxing/protocol'
import { isWithin } from './clock.js'
import { AuthError } from './errors.js'
import type { Settings } from './options.js'
import { answerError, headerOf } from './problem.js'
import { accountOf, toSession } from './session.js'
import type { Session } from './session.js'
import { callWx } from './wx.js'
import type { WxLoginResult, WxResponse } from './wx.js'

/** A new session, and when to renew it by the device's clock. */
export interface Exchanged {
  readonly session: Session
  readonly renewAt: number
}

// The platform allows 4 wx.login per second and user; the margin is for timers that fire early.
const WINDOW_MS = 1100
const HOLD_BACK_MOST_MS = 600_000
const PAUSE_MOST_MS = 1000

/**
 * wx.login, then the code goes to our login route. A code is sent once, whatever happens to it. `codes` counts the calls of wx.login.
 * `check` throws when nobody wants the login any more: then nothing further is asked of WeChat and of the server.
 */
export function createExchange(settings: Settings): { exchange: (check: () => void) => Promise<Exchanged>, codes: () => number } {
  const { clock, loginTimeout: timeout } = settings
  const starts = [-Infinity, -Infinity, -Infinity, -Infinity]
  let lastCode = ''
  let codes = 0
  let refused: { readonly error?: AuthError, readonly at: number, readonly wait: number } = { at: NaN, wait: 0 }

  // A turn is taken at once, so that logins that overlap (log-out, log-in) share the limit.
  async function turn(): Promise<void> {
    const now = clock.now()
    // At most the window: a device clock that was turned back must not make anybody wait longer.
    const wait = Math.min(Math.max(starts.shift()! + WINDOW_MS - now, 0), WINDOW_MS)
    starts.push(now + wait)
    if (wait) await pause(wait)
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => { clock.setTimeout(resolve, ms) })
  }

  /** The application's fields. Its hook may throw or hang; then this login fails, and the next one asks again. */
  async function extraOf(hook: NonNullable<Settings['extraLogin']>): Promise<Record<string, unknown>> {
    let timer: unknown
    const late = new Promise<never>((_resolve, reject) => {
      timer = clock.setTimeout(() => reject(new Error('timeout')), timeout)
    })
    try {
      return await Promise.race([hook(), late])
    } catch (cause) {
      throw new AuthError('WX_LOGIN_FAILED', { message: 'extraLogin failed', cause, retryable: true })
    } finally {
      clock.clearTimeout(timer)
    }
  }

  async function newCode(check: () => void): Promise<string> {
    // A plugin has wx.pluginLogin, whose code is for another purpose: this one would never work there.
    if (accountOf(settings).plugin) throw new AuthError('UNSUPPORTED', { message: 'a plugin cannot log in' })
    await turn()
    check()
    codes++
    const { code, fromCache } = await callWx<WxLoginResult>(settings, 'login', { timeout, provider: 'weixin' }, 'WX_LOGIN_FAILED')
    // wx.createCacheManager may answer with a code that was used already.
    if (!code || fromCache || code === lastCode) throw new AuthError('WX_LOGIN_FAILED', { message: 'no new code', retryable: true })
    return lastCode = code
  }

  async function send(data: LoginRequest): Promise<Exchanged> {
    const url = settings.baseURL + settings.endpoints.login
    const response = await callWx<WxResponse>(settings, 'request', { url, method: 'POST', data, timeout }, 'LOGIN_NETWORK')
    const session = response.statusCode < 300 ? toSession(settings, response.data) : undefined
    const now = clock.now()
    if (session) return { session, renewAt: now + 0.9 * lifetimeOf(response.data as LoginResponse, now) }
    const error = answerError(response, 'LOGIN_REFUSED', 'LOGIN_NETWORK')
    const wait = Math.min(Number(headerOf(response, 'retry-after')) * 1000, HOLD_BACK_MOST_MS)
    if (error.retryable && wait) refused = { error, at: now, wait }
    throw error
  }

  async function exchange(check: () => void): Promise<Exchanged> {
    // Retry-After is the earliest time.
    if (isWithin(clock, refused.at, refused.wait)) throw refused.error!
    const extra = settings.extraLogin && await extraOf(settings.extraLogin)
    for (let left = settings.loginRetries; ; left--) {
      const code = await newCode(check)
      check()
      try {
        return await send(Object.assign({ appid: accountOf(settings).appid, code }, settings.device && { device: settings.device }, extra && { extra }))
      } catch (error) {
        const { code: why, action, retryable } = error as AuthError
        // A server that says what it wants is obeyed; where nobody said anything, a lost answer or a gateway that restarts is worth one more code.
        if (left < 1 || (action ? action !== 'relogin' : !retryable || error === refused.error)) throw error
        // By chance, so that the phones of an outage do not come back in one moment.
        if (why === 'LOGIN_NETWORK') await pause(Math.random() * PAUSE_MOST_MS)
      }
    }
  }
  return { exchange, codes: () => codes }
}

/** How long the session will live, in ms; Infinity when nobody knows, and then only the server's 401 ends it. */
export function lifetimeOf({ issuedAt, expiresAt }: Partial<LoginResponse>, deviceNow: number): number {
  // Both ends by the server's clock, so that a device clock that is days wrong changes nothing.
  const lifetime = expiresAt! - (issuedAt || deviceNow)
  return lifetime > 0 ? lifetime : Infinity
}
