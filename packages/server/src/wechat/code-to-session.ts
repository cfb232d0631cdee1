import { AuthError } from '../errors.js'
import { reveal, secret } from '../secret.js'
import type { Secret } from '../secret.js'
import { errorOfErrcode } from './errcodes.js'
import type { Upstream } from './upstream.js'

/** What WeChat gives for a code. */
export interface WechatSession {
  readonly openid: string
  readonly unionid: string | null
  readonly sessionKey: Secret
}

/**
 * Exchanges a code of `wx.login` for openid and session_key (`GET /sns/jscode2session`).
 * Throws the `wx_…` codes of the error table. Source: WeChat, code2Session.
 */
export async function codeToSession(upstream: Upstream, app: { appid: string, secret: Secret }, code: string): Promise<WechatSession> {
  const text = await upstream.get('/sns/jscode2session', {
    appid: app.appid, secret: reveal(app.secret), js_code: code, grant_type: 'authorization_code',
  })
  const answer = parse(text)
  // Success usually carries no errcode at all, and some answers write it as a string.
  const errcode = Number(answer.errcode ?? 0)
  if (errcode !== 0) throw errorOfErrcode(errcode, typeof answer.errmsg === 'string' ? answer.errmsg : '')
  const { openid, session_key: sessionKey, unionid } = answer
  if (!isId(openid) || !isId(sessionKey)) throw unreadable('no openid or session_key in the answer')
  return { openid, sessionKey: secret(sessionKey), unionid: isId(unionid) ? unionid : null }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value)
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    throw unreadable('the answer is not JSON') // the text may hold a session_key: it goes nowhere
  }
  throw unreadable('the answer is not a JSON object')
}

function unreadable(why: string): AuthError {
  return new AuthError('wx_bad_response', { cause: new Error(`jscode2session: ${why}`) })
}
