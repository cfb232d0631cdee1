import { reveal, secret } from '../secret.js'
import type { Secret } from '../secret.js'
import { unreadable } from './answer.js'
import type { Line } from './line.js'

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
export async function codeToSession(line: Line, app: { appid: string, secret: Secret }, code: string): Promise<WechatSession> {
  const { openid, session_key: sessionKey, unionid } = await line.get('/sns/jscode2session', {
    appid: app.appid, secret: reveal(app.secret), js_code: code, grant_type: 'authorization_code',
  })
  if (!isId(openid) || !isId(sessionKey)) throw unreadable('jscode2session', 'no openid or session_key in the answer')
  return { openid, sessionKey: secret(sessionKey), unionid: isId(unionid) ? unionid : null }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value)
}
