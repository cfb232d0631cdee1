import type { Action, Problem } from '@tongxing/protocol'

/**
 * What went wrong, as the client names it. The server's own codes are snake_case and stand in `problem.code`.
 *
 * - `WX_LOGIN_FAILED`: wx.login failed, or gave no code or a cached one; or the app's `extraLogin` threw or took too long (its error is the `cause`)
 * - `LOGIN_REFUSED`: the server refused the login; no retry helps
 * - `LOGIN_NETWORK`: the server could not be reached, or could not log in just now
 * - `SESSION_REJECTED`: the server does not accept the session, not even a new one, or ended it on purpose
 * - `SIGNED_OUT`: the user logged out, or nothing may log in silently; call `login()`
 * - `REFUSED`: the server refused a call of the client's own (profile, log-out); see `problem` and `action`
 * - `NETWORK`: a request got no answer
 * - `TIMEOUT` `ABORTED`: a call took too long; the caller aborted it
 * - `PHONE_QUOTA`: the app's paid quota of phone numbers is used up
 * - `TAP_REQUIRED` `USER_DENIED` `PRIVACY_DENIED` `PRIVACY_NOT_DECLARED` `SCOPE_DENIED` `UNSUPPORTED`: what WeChat demands
 */
export type AuthErrorCode =
  | 'WX_LOGIN_FAILED' | 'LOGIN_REFUSED' | 'LOGIN_NETWORK' | 'SESSION_REJECTED' | 'SIGNED_OUT' | 'REFUSED' | 'NETWORK' | 'TIMEOUT'
  | 'ABORTED' | 'TAP_REQUIRED' | 'USER_DENIED' | 'PRIVACY_DENIED' | 'PRIVACY_NOT_DECLARED' | 'SCOPE_DENIED' | 'UNSUPPORTED' | 'PHONE_QUOTA'

/** What an `AuthError` may carry beside its code. */
export interface AuthErrorDetail {
  readonly message?: string | undefined
  readonly cause?: unknown
  readonly retryable?: boolean | undefined
  readonly problem?: Problem | undefined
}

/** The only error that the client makes, apart from `TypeError` for a programmer's mistake. Its message never holds a token. */
export class AuthError extends Error {
  /** The brand that `isAuthError` looks for. */
  readonly isAuthError: true
  readonly code: AuthErrorCode
  /** True when the same call may succeed later. */
  readonly retryable: boolean
  /** What the server asks for, when a problem document said so. */
  readonly action: Action | undefined
  /** The server's problem document, when there was one. */
  readonly problem: Problem | undefined
  /** wx's own `{errMsg, errno}`, or the answer that was refused. */
  override readonly cause: unknown

  constructor(code: AuthErrorCode, detail: AuthErrorDetail = {}) {
    const { cause, problem } = detail
    super(detail.message || (problem && problem.title) || code.toLowerCase().replace(/_/g, ' '))
    this.name = 'AuthError'
    this.isAuthError = true
    this.code = code
    this.retryable = !!detail.retryable
    this.action = problem && problem.action
    this.problem = problem
    this.cause = cause
  }
}

/**
 * Guard instead of `instanceof`: it also knows an error made by another copy of the package (a subpackage may hold one).
 *
 * ```ts
 * client.get('/orders').catch((error) => { if (isAuthError(error) && error.retryable) showRetry() })
 * ```
 */
export function isAuthError(value: unknown): value is AuthError {
  return (Object(value) as { isAuthError?: unknown }).isAuthError === true
}

// WeChat's texts vary in prefix, case and trailing dot: matched loosely, first match wins.
const TEXTS: readonly (readonly [RegExp, AuthErrorCode])[] = [
  [/tap gesture/i, 'TAP_REQUIRED'],
  [/not declared|announce/i, 'PRIVACY_NOT_DECLARED'],
  [/privacy/i, 'PRIVACY_DENIED'],
  [/deny|cancel/i, 'USER_DENIED'],
  [/timeout|timed out/i, 'TIMEOUT'],
  [/fail abort/i, 'ABORTED'],
]

/** Turns what a wx call failed with into an `AuthError`, keeping wx's text. */
export function wxFailure(cause: unknown, otherwise: AuthErrorCode): AuthError {
  const { errMsg, message = errMsg, errno } = Object(cause) as { errMsg?: string, message?: string, errno?: number }
  const found = TEXTS.find(([pattern]) => pattern.test(message || ''))
  const code = errno === 1400001 ? 'PHONE_QUOTA' : found ? found[1] : otherwise
  // 600002: the domain is not on the app's list; only the developer can change that, in the console.
  return new AuthError(code, { message, cause, retryable: errno !== 600002 && /NETW|WX_L|TIME/.test(code) })
}
