import type { SessionResponse } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import type { App } from '../config.js'
import { AuthError, isAuthError } from '../errors.js'
import type { RevocationFeed } from '../session/feed.js'
import { appKey } from '../session/ids.js'
import type { Key64 } from '../session/ids.js'
import { latestEnd } from '../session/life.js'
import type { RevocationIndex } from '../session/revocation.js'
import type { OpenedClaims, TokenSeal } from '../session/token.js'
import type { Store } from '../store/store.js'

/** A session that stands. Times in ms since the epoch. */
export type Session = SessionResponse

/** How a token is checked. */
export interface VerifyOptions {
  /** True asks the database instead of trusting the revocation index. Default: the server's setting. */
  readonly strict?: boolean
}

/**
 * Checks a token; no I/O on the ordinary path.
 * Throws `session_unknown` (also for malformed and altered tokens), `session_expired`, `session_revoked` with its reason, `user_disabled`, `app_disabled`,
 * or `store_unavailable` when the revocations cannot be known: never open.
 */
export type Verify = (token: string, options?: VerifyOptions) => Promise<Session>

export interface VerifyParts {
  readonly apps: readonly App[]
  readonly tokens: TokenSeal
  readonly index: RevocationIndex
  readonly feed: RevocationFeed
  readonly store: Store
  readonly clock: Clock
  readonly sessionLifeMs: number
  readonly strict: boolean
}

/** How far in the future a token may have been issued, in ms: two servers' clocks differ by less. */
const LARGEST_SKEW_MS = 5 * 60_000

export function createVerify({ apps, tokens, index, feed, store, clock, sessionLifeMs, strict: always }: VerifyParts): Verify {
  const known = apps.map(({ appid }) => ({ appid, key: appKey(appid) }))
  const appidOf = ({ high, low }: Key64): string | undefined => known.find(({ key }) => key.low === low && key.high === high)?.appid

  return async (token, { strict = always } = {}) => {
    const claims = tokens.open(token)
    const appid = claims && appidOf(claims.app)
    const now = clock.now()
    if (!claims || !appid || claims.issuedAt > now + LARGEST_SKEW_MS) throw new AuthError('session_unknown')
    const expiresAt = latestEnd(claims, sessionLifeMs)
    if (now >= expiresAt) throw new AuthError('session_expired')
    if (!feed.isFresh()) await feed.refresh()
    refuseEnded(index, claims, appid)
    const { uid, sessionId, issuedAt } = claims
    const session = { uid, appid, sessionId, issuedAt, expiresAt }
    if (strict && !(await store.isSessionLive(sessionId))) await explainEnded(feed, index, claims, appid)
    return session
  }
}

// Nobody meant these people to be signed out: their phones log in again by themselves.
const SILENT: ReadonlySet<string> = new Set(['ban_lifted', 'key_revoked', 'restored', 'merged'])

function refuseEnded(index: RevocationIndex, claims: OpenedClaims, appid: string): void {
  if (index.isAppDisabled(appid)) throw new AuthError('app_disabled')
  const reason = index.endOf(claims)
  if (reason === 'banned' || reason === 'app_disabled') throw new AuthError(reason === 'banned' ? 'user_disabled' : reason)
  if (reason) throw new AuthError('session_revoked', { reason, ...(SILENT.has(reason) && { action: 'relogin' }) })
}

// The database says it has ended: the reason is in the feed, unless the session was never written here.
async function explainEnded(feed: RevocationFeed, index: RevocationIndex, claims: OpenedClaims, appid: string): Promise<never> {
  await feed.refresh()
  refuseEnded(index, claims, appid)
  throw new AuthError('session_unknown')
}

/** For `.catch()` of a check: null when the token is worth nothing; a database that does not answer stays an error (fail closed). */
export function nullIfDead(error: unknown): null {
  if (isAuthError(error) && (error.status === 401 || error.status === 403)) return null
  throw error
}
