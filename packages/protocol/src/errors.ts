/**
 * What the client does about an error. The client's behaviour depends on this member alone, never on the status or a text.
 *
 * - `relogin`: log in again silently, then send the request once more
 * - `retry_later`: keep the session, try again later (`Retry-After`, when sent, is the earliest time)
 * - `fix_request`: a programmer's mistake; no retry helps
 * - `ask_user`: the person must act (tap again, agree, log in on purpose)
 * - `contact_admin`: the operator must act; no retry, no login
 * - `none`: nothing beyond showing the message
 */
export type Action = 'relogin' | 'retry_later' | 'fix_request' | 'ask_user' | 'contact_admin' | 'none'

/** One row of the error table. */
export interface ErrorRow {
  /** HTTP status. */
  readonly status: number
  readonly action: Action
  /** Title for people, Chinese. */
  readonly zh: string
  /** Title for people, English. */
  readonly en: string
}

/**
 * Every error that the server answers with: a stable `code`, never reused, never translated.
 * docs/reference/errors.md lists exactly this table.
 */
export const ERRORS = {
  bad_json: { status: 400, action: 'fix_request', zh: '请求体不是合法的 JSON', en: 'The body is not valid JSON' },
  body_not_object: { status: 400, action: 'fix_request', zh: '请求体必须是 JSON 对象', en: 'The body must be a JSON object' },
  bad_encoding: { status: 400, action: 'fix_request', zh: '请求体不是合法的 UTF-8', en: 'The body is not valid UTF-8' },
  validation_failed: { status: 400, action: 'fix_request', zh: '请求参数不正确', en: 'A field of the request is not valid' },
  bad_request: { status: 400, action: 'fix_request', zh: '不是合法的 HTTP 请求', en: 'This is not a valid HTTP request' },
  token_in_url: { status: 400, action: 'fix_request', zh: '令牌不能放在网址里', en: 'A token must not stand in the URL' },
  encrypted_data_invalid: { status: 400, action: 'ask_user', zh: '用户数据校验失败，请重试', en: 'The user data could not be verified; please try again' },
  token_missing: { status: 401, action: 'relogin', zh: '未登录', en: 'Not logged in' },
  token_malformed: { status: 401, action: 'relogin', zh: '登录凭证格式不正确', en: 'The session token is malformed' },
  session_unknown: { status: 401, action: 'relogin', zh: '登录状态无效', en: 'The session is not known' },
  session_expired: { status: 401, action: 'relogin', zh: '登录已过期', en: 'The session has expired' },
  session_revoked: { status: 401, action: 'ask_user', zh: '登录已被结束，请重新登录', en: 'The session was ended; please log in again' },
  wx_code_invalid: { status: 401, action: 'relogin', zh: '登录凭证 code 无效或已过期', en: 'The login code is unknown or has expired' },
  wx_code_used: { status: 401, action: 'relogin', zh: '登录凭证 code 已被使用', en: 'The login code was already used' },
  api_key_invalid: { status: 401, action: 'fix_request', zh: '接口密钥缺失或无效', en: 'The API key is missing or not valid' },
  app_disabled: { status: 403, action: 'contact_admin', zh: '小程序已被停用', en: 'This app is switched off' },
  user_disabled: { status: 403, action: 'contact_admin', zh: '账号已被停用', en: 'This account is disabled' },
  wx_user_blocked: { status: 403, action: 'none', zh: '微信判定该用户存在风险，已拦截登录', en: 'WeChat refuses this user as high-risk' },
  reauth_required: { status: 403, action: 'ask_user', zh: '请重新登录后再试', en: 'This needs a fresh login' },
  forbidden: { status: 403, action: 'none', zh: '没有权限', en: 'This is not allowed' },
  consent_required: { status: 403, action: 'ask_user', zh: '需要先征得用户同意', en: 'The user has not agreed to this yet' },
  not_found: { status: 404, action: 'fix_request', zh: '没有这个地址', en: 'There is nothing at this address' },
  app_unknown: { status: 404, action: 'fix_request', zh: '未配置该 AppID', en: 'This AppID is not configured' },
  method_not_allowed: { status: 405, action: 'fix_request', zh: '不支持该请求方法', en: 'This method is not allowed here' },
  request_timeout: { status: 408, action: 'retry_later', zh: '请求没有在限定时间内发完', en: 'The request was not completed in time' },
  already_merged: { status: 409, action: 'fix_request', zh: '这两个用户已经合并', en: 'These users are merged already' },
  session_key_stale: { status: 409, action: 'ask_user', zh: '登录状态已更新，请再点一次', en: 'The login was renewed; please tap again' },
  ticket_used: { status: 410, action: 'ask_user', zh: '链接已失效，请从小程序重新打开', en: 'This ticket is used or has expired; open the page again from the mini program' },
  body_too_large: { status: 413, action: 'fix_request', zh: '请求体过大', en: 'The body is too large' },
  uri_too_long: { status: 414, action: 'fix_request', zh: '网址过长', en: 'The URL is too long' },
  unsupported_media_type: { status: 415, action: 'fix_request', zh: '不接受这种类型的请求体', en: 'A body of this type is not accepted here' },
  phone_unavailable: { status: 422, action: 'ask_user', zh: '该手机号暂不支持，请换一个', en: 'This phone number cannot be used here; please take another' },
  profile_rejected: { status: 422, action: 'ask_user', zh: '昵称或头像不符合要求', en: 'This nickname or picture is not acceptable' },
  wrong_host: { status: 421, action: 'fix_request', zh: '请求的 Host 不属于本服务', en: 'This Host is not served here' },
  rate_limited: { status: 429, action: 'retry_later', zh: '请求过于频繁，请稍后再试', en: 'Too many requests; try again later' },
  decrypt_budget_spent: { status: 429, action: 'retry_later', zh: '尝试次数过多，请稍后再试', en: 'Too many failed attempts; try again later' },
  wx_rate_limited: { status: 429, action: 'retry_later', zh: '登录过于频繁，请稍后再试', en: 'Too many logins; try again in a minute' },
  headers_too_large: { status: 431, action: 'fix_request', zh: '请求头过大', en: 'The header fields are too large' },
  internal: { status: 500, action: 'contact_admin', zh: '服务器内部错误', en: 'Internal error' },
  not_enabled: { status: 501, action: 'contact_admin', zh: '该功能未开启', en: 'This feature is not enabled' },
  wx_bad_response: { status: 502, action: 'relogin', zh: '微信返回了无法识别的内容', en: 'WeChat gave an unreadable answer' },
  wx_call_failed: { status: 502, action: 'contact_admin', zh: '微信接口返回错误', en: 'WeChat refused this call' },
  wx_config_error: { status: 502, action: 'contact_admin', zh: '小程序的 AppID 或 AppSecret 配置有误', en: 'The AppID or AppSecret of this app is not accepted by WeChat' },
  overloaded: { status: 503, action: 'retry_later', zh: '服务繁忙，请稍后再试', en: 'Too busy right now' },
  wx_unavailable: { status: 503, action: 'retry_later', zh: '暂时无法连接微信', en: 'WeChat cannot be reached right now' },
  wx_quota_exhausted: { status: 503, action: 'retry_later', zh: '微信接口调用次数已达上限', en: 'The WeChat call quota is used up' },
  store_unavailable: { status: 503, action: 'retry_later', zh: '数据库暂时不可用', en: 'The database is unavailable right now' },
  wx_timeout: { status: 504, action: 'relogin', zh: '微信响应超时', en: 'WeChat did not answer in time' },
} as const

ERRORS satisfies Record<string, ErrorRow>

/** A code of the error table. */
export type ErrorCode = keyof typeof ERRORS

/** The body of every error answer (RFC 9457, `application/problem+json`). */
export interface Problem {
  /** `urn:tongxing:error:<code>` */
  readonly type: string
  /** For people; Chinese unless `Accept-Language` prefers English. */
  readonly title: string
  readonly status: number
  /** The contract: stable, snake_case. */
  readonly code: ErrorCode
  /** What the client does about it. */
  readonly action: Action
  /** What to do, for developers. Never echoes input. */
  readonly detail?: string
  /** The same as the `X-Request-Id` header; absent from `encrypted_data_invalid`, whose bytes are always the same. */
  readonly request_id?: string
  /** WeChat's own errcode; only with `wx_config_error`, `wx_call_failed`, `wx_rate_limited` and `wx_quota_exhausted`. */
  readonly wx_errcode?: number
  /** Why the session ended; only with `session_revoked`. */
  readonly reason?: EndReason
  /** Which fields were wrong; only with `validation_failed`. */
  readonly errors?: readonly ProblemField[]
}

/**
 * Why a session ended before its time: the user logged it out, logged out everywhere, ended it from another device,
 * a newer login took its place (device policy), a ban was lifted, its sealing key was revoked, the database was restored
 * from a backup, or two users were merged: after the last four, and only then, the phone logs in again silently. `erased`: there is no such
 * user any more.
 */
export type EndReason = 'logout' | 'logout_everywhere' | 'ended_elsewhere' | 'replaced' | 'ban_lifted' | 'key_revoked' | 'restored' | 'merged' | 'erased'

/** One wrong field of a request. */
export interface ProblemField {
  /** JSON pointer of the field (RFC 6901), for example `/code`. */
  readonly path: string
  /** The rule it breaks, for example `too_big`. */
  readonly rule: string
}
