import { ROUTES } from '@tongxing/protocol'
import type { Auth } from '../auth.js'
import { AuthError, ConfigError } from '../errors.js'
import { createRateLimit } from '../rate-limit.js'
import { createClientAddress, wrongProxies } from './client-address.js'
import type { Guard } from './dispatch.js'
import type { Call } from './endpoint.js'

/** Who stands in front of the service, and how much one address may ask. */
export interface LimitOptions {
  /**
   * Proxies whose X-Forwarded-For is believed: addresses and ranges, such as `10.0.0.0/8`. Default: none; while forwarded requests
   * come in, there is then no limit per address, and one warning.
   */
  readonly trustedProxies?: readonly string[]
  /** Limits per address (IPv6: per /64). Default: {@link Limits}; false: none, a gateway has them. */
  readonly limits?: Partial<Limits> | false
}

/** Limits per address. Thousands share one IPv4 behind a Chinese carrier's NAT: tight ones would lock out the innocent. */
export interface Limits {
  /** Logins a minute. Default: 30, which {@link loginBurst} lets come at once. */
  readonly loginPerMinute: number
  /** Logins at once after a quiet time. Default: 300. */
  readonly loginBurst: number
  /** Answers with 401 a minute: who guesses tokens is told 429 for a while. Default: 600. */
  readonly unauthorizedPerMinute: number
}

const DEFAULTS: Limits = { loginPerMinute: 30, loginBurst: 300, unauthorizedPerMinute: 600 }

/** The limits of one service. Throws ConfigError when an entry of `trustedProxies` is no address. */
export function createLimits({ log }: Pick<Auth, 'log'>, { trustedProxies, limits = {} }: LimitOptions): Guard | undefined {
  const wrong = wrongProxies(trustedProxies ?? [])
  if (wrong.length > 0) throw new ConfigError(wrong.map((entry) => `"trustedProxies" (TONGXING_TRUSTED_PROXIES): ${JSON.stringify(entry)} is neither an address nor a range such as 10.0.0.0/8`))
  if (limits === false) return undefined
  const { loginPerMinute, loginBurst, unauthorizedPerMinute } = { ...DEFAULTS, ...limits }
  const logins = createRateLimit({ perMinute: loginPerMinute, burst: loginBurst })
  const unauthorized = createRateLimit({ perMinute: unauthorizedPerMinute, burst: unauthorizedPerMinute })
  const warn = once(() => log.warn({ event: 'untrusted_proxy' }, 'requests come with X-Forwarded-For, and no proxy is trusted: there is no limit per address. Set trustedProxies (TONGXING_TRUSTED_PROXIES)'))
  const addressOf = createClientAddress(trustedProxies, warn)
  const keyOf = (call: Call): string | null => addressOf(call.address, call.header('x-forwarded-for'))
  return {
    before(route, call) {
      const key = keyOf(call)
      if (key === null) return
      refuse(unauthorized.peek(key))
      if (route.path === ROUTES.login.path) refuse(logins.take(key))
    },
    after(call, status) {
      const key = status === 401 ? keyOf(call) : null
      if (key !== null) unauthorized.take(key)
    },
  }
}

function refuse(retryAfter: number): void {
  if (retryAfter > 0) throw new AuthError('rate_limited', { retryAfter })
}

function once(work: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    work()
  }
}
