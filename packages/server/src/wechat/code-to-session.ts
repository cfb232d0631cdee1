import { reveal, secret } from '../secret.js'
import type { Secret } from '../secret.js'
import { readAnswer, unreadable } from './answer.js'
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
  const { openid, session_key: sessionKey, unionid } = readAnswer(text, 'jscode2session')
  if (!isId(openid) || !isId(sessionKey)) throw unreadable('jscode2session', 'no openid or session_key in the answer')
  return { openid, sessionKey: secret(sessionKey), unionid: isId(unionid) ? unionid : null }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value)
}
