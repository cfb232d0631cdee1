import type { ErrorCode } from '@tongxing/protocol'
import { AuthError } from '../errors.js'
import type { AuthErrorOptions } from '../errors.js'
import { spreadRetryAfter } from '../retry-after.js'

interface Meaning {
  readonly code: ErrorCode
  readonly options?: AuthErrorOptions
}

const CONFIG: Meaning = { code: 'wx_config_error' }

/** What the errcodes of the login family mean to a caller. Source: WeChat, code2Session, and the general return codes. */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  // "System busy" comes after the code was read: whether it was consumed is not known, so it is never sent again.
  [-1, { code: 'wx_unavailable', options: { action: 'relogin', retryAfter: 1 } }],
  [40029, { code: 'wx_code_invalid' }],
  [40163, { code: 'wx_code_used' }],
  [40226, { code: 'wx_user_blocked' }],
  [45009, { code: 'wx_quota_exhausted', options: { retryAfter: 3600 } }],
  [45011, { code: 'wx_rate_limited', options: { retryAfter: 60 } }],
  [40002, CONFIG], [40013, CONFIG], [40125, CONFIG], [40164, CONFIG], [40243, CONFIG],
  [41002, CONFIG], [41004, CONFIG], [50004, CONFIG], [50007, CONFIG], [61024, CONFIG],
])

const DETAILS: Partial<Record<ErrorCode, string>> = {
  wx_config_error: 'Check the AppID, the AppSecret and the IP allow list in the WeChat console.',
  wx_call_failed: 'Look wx_errcode up in WeChat’s documentation; the log has the rid of the call.',
}

/** Turns WeChat's errcode into an error of ours; one without a meaning of its own is `wx_call_failed`. The log has WeChat's rid. */
export function errorOfErrcode(errcode: number, errmsg: string): AuthError {
  const meaning = MEANINGS.get(errcode) ?? { code: 'wx_call_failed' }
  const { retryAfter } = meaning.options ?? {}
  const detail = DETAILS[meaning.code]
  return new AuthError(meaning.code, {
    ...meaning.options,
    ...(retryAfter !== undefined && meaning.code !== 'wx_rate_limited' && { retryAfter: spreadRetryAfter(retryAfter) }), // a rate limit is one person's
    ...(detail === undefined ? {} : { detail }),
    wechat: { errcode, rid: ridOf(errmsg) },
    cause: new Error(`WeChat errcode ${errcode}`),
  })
}

// errmsg itself may repeat what was sent; the rid alone lets the operator look the call up at WeChat for 7 days.
function ridOf(errmsg: string): string | null {
  return /rid: ([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})/.exec(errmsg)?.[1] ?? null
}
