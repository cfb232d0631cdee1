import { ERRORS } from '@tongxing/protocol'
import type { Problem } from '@tongxing/protocol'
import type { AuthError } from '../errors.js'

/** Members that every answer carries, errors included. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': 'default-src \'none\'; frame-ancestors \'none\'',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** An error as it goes over the wire. */
export interface ProblemReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The problem document of an error (RFC 9457), its title in the reader's language. */
export function problemOf(error: AuthError, requestId: string, acceptLanguage: string | undefined): ProblemReply {
  const { code, status, action, detail, reason, fields, wechat } = error
  const problem: Problem = {
    type: `urn:tongxing:error:${code}`,
    title: ERRORS[code][prefersEnglish(acceptLanguage) ? 'en' : 'zh'],
    status,
    code,
    action,
    ...(detail !== undefined && { detail }),
    ...(reason !== undefined && { reason }),
    ...(fields !== undefined && { errors: fields }),
    ...(wechat !== undefined && TELLS_ERRCODE.has(code) && { wx_errcode: wechat.errcode }),
    // Its bytes are always the same, whatever went wrong: nothing in them may differ from one failure to the next.
    ...(code !== 'encrypted_data_invalid' && { request_id: requestId }),
  }
  return { status, headers: headersOf(error, requestId), body: JSON.stringify(problem) }
}

const TELLS_ERRCODE: ReadonlySet<string> = new Set(['wx_config_error', 'wx_call_failed', 'wx_rate_limited', 'wx_quota_exhausted'])

function headersOf(error: AuthError, requestId: string): Record<string, string> {
  return {
    ...SAFE_HEADERS,
    'content-type': 'application/problem+json; charset=utf-8',
    'x-request-id': requestId,
    ...(error.retryAfter !== undefined && { 'retry-after': String(error.retryAfter) }),
    ...(error.allow !== undefined && { allow: error.allow.join(', ') }),
    ...(error.status === 401 && { 'www-authenticate': challengeOf(error) }),
  }
}

// RFC 6750, 3.1: no error attribute when no token came, and none when it was not the token that failed.
function challengeOf({ code }: AuthError): string {
  return code.startsWith('session_') || code === 'token_malformed' ? 'Bearer error="invalid_token"' : 'Bearer'
}

// The first language of the list decides; browsers and curl sort theirs, and q-values below that do not matter for two languages.
function prefersEnglish(acceptLanguage: string | undefined): boolean {
  return /^\s*en\b/i.test(acceptLanguage ?? '')
}
