import { ERRORS } from '@tongxing/protocol'
import type { Action, EndReason, ErrorCode, ProblemField } from '@tongxing/protocol'

/** What an {@link AuthError} carries besides its code. */
export interface AuthErrorOptions {
  /** What to do, for developers; leaves the server. Never input, never a secret. */
  readonly detail?: string
  /** Replaces the table's action where the same code means another next step. */
  readonly action?: Action
  /** Earliest time of a new try, in seconds; becomes `Retry-After`. */
  readonly retryAfter?: number
  /** Why the session ended; only with `session_revoked`. */
  readonly reason?: EndReason
  /** The wrong fields; only with `validation_failed`. */
  readonly fields?: readonly ProblemField[]
  /** WeChat's errcode and rid, to be told to operators. */
  readonly wechat?: { readonly errcode: number, readonly rid: string | null }
  /** The methods a path allows; only with `method_not_allowed`. */
  readonly allow?: readonly string[]
  /** The private side: goes to the log and nowhere else. */
  readonly cause?: unknown
}

/**
 * The only error that a caller of this package has to know. Everything but `cause` may leave the server.
 * Recognise it with {@link isAuthError}, which also knows errors of another copy of the package.
 */
export class AuthError extends Error {
  readonly isAuthError = true as const
  readonly code: ErrorCode
  readonly status: number
  readonly action: Action
  readonly detail: string | undefined
  readonly retryAfter: number | undefined
  readonly reason: EndReason | undefined
  readonly fields: readonly ProblemField[] | undefined
  readonly wechat: { readonly errcode: number, readonly rid: string | null } | undefined
  readonly allow: readonly string[] | undefined

  constructor(code: ErrorCode, options: AuthErrorOptions = {}) {
    super(ERRORS[code].en, { cause: options.cause })
    this.name = 'AuthError'
    this.code = code
    this.status = ERRORS[code].status
    this.action = options.action ?? ERRORS[code].action
    this.detail = options.detail
    this.retryAfter = options.retryAfter
    this.reason = options.reason
    this.fields = options.fields
    this.wechat = options.wechat
    this.allow = options.allow
  }
}

/** True for an {@link AuthError}, also one made by another copy of this package. */
export function isAuthError(value: unknown): value is AuthError {
  return typeof value === 'object' && value !== null && (value as { isAuthError?: unknown }).isAuthError === true
}

/**
 * Thrown by `createAuth()` and `tongxing serve`: every mistake of the configuration, in one error.
 *
 * ```ts
 * try {
 *   await createAuth({ apps })
 * } catch (error) {
 *   if (error instanceof ConfigError) console.error(error.message)
 * }
 * ```
 */
export class ConfigError extends TypeError {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`Tongxing configuration: ${problems.join('; ')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}
