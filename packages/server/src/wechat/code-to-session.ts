import { reveal, secret } from '../secret.js'
import type { Secret } from '../secret.js'
import { unreadable } from './answer.js'
import type { SecretApp, TrySecrets } from './app-secret.js'
import type { Line } from './line.js'

/** What WeChat gives for a code. */
export interface WechatSession {
  readonly openid: string
  readonly unionid: string | null
  readonly sessionKey: Secret
}

/** What an exchange goes through. */
export interface CodeToSessionParts {
  readonly line: Line
  readonly trySecrets: TrySecrets
}

/** Wrong AppSecret: WeChat looks at it before it takes the code. */
const SECRET_REFUSED: ReadonlySet<number> = new Set([40125])

/**
 * Exchanges a code of `wx.login` for openid and session_key (`GET /sns/jscode2session`).
 * Throws the `wx_…` codes of the error table. Source: WeChat, code2Session.
 */
export async function codeToSession({ line, trySecrets }: CodeToSessionParts, app: SecretApp, code: string): Promise<WechatSession> {
  const { openid, session_key: sessionKey, unionid } = await trySecrets(app, SECRET_REFUSED, (appSecret) => line.get('/sns/jscode2session', {
    appid: app.appid, secret: reveal(appSecret), js_code: code, grant_type: 'authorization_code',
  }))
  if (!isId(openid) || !isId(sessionKey)) throw unreadable('jscode2session', 'no openid or session_key in the answer')
  return { openid, sessionKey: secret(sessionKey), unionid: isId(unionid) ? unionid : null }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value)
}
