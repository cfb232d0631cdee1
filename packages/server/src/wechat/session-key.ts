import { createHmac } from 'node:crypto'
import { isAuthError } from '../errors.js'
import { reveal, secret } from '../secret.js'
import type { Secret } from '../secret.js'
import { unreadable } from './answer.js'
import type { WechatCall } from './call.js'

/** Missing or expired, and a signature that is not the live key's. */
const NOT_LIVE: ReadonlySet<number> = new Set([87007, 87009])

/** True when this is the session_key that WeChat holds for the person now (`GET /wxa/checksession`). Throws the codes of {@link WechatCall}. */
export async function isSessionKeyLive(call: WechatCall, appid: string, openid: string, key: Secret): Promise<boolean> {
  const answer = await askWith(call, '/wxa/checksession', appid, openid, key)
  // It says nothing else: without it there is no verdict.
  if (answer && answer.errcode === undefined) throw unreadable('checksession', 'no errcode in the answer')
  return answer !== null
}

/**
 * Replaces the person's session_key at WeChat (`GET /wxa/resetusersessionkey`): the old one is dead at once, the new one is given back.
 * null when `key` is not the live one. Throws the codes of {@link WechatCall}.
 */
export async function resetSessionKey(call: WechatCall, appid: string, openid: string, key: Secret): Promise<Secret | null> {
  const answer = await askWith(call, '/wxa/resetusersessionkey', appid, openid, key)
  if (!answer) return null
  if (typeof answer.session_key !== 'string' || answer.session_key === '') throw unreadable('resetusersessionkey', 'no session_key in the answer')
  return secret(answer.session_key)
}

async function askWith(call: WechatCall, path: string, appid: string, openid: string, key: Secret): Promise<Record<string, unknown> | null> {
  // The key is its text, not the bytes that it stands for. Source: WeChat, checkSessionKey.
  const signature = createHmac('sha256', reveal(key)).update('').digest('hex')
  try {
    return await call(appid, path, { query: { openid, signature, sig_method: 'hmac_sha256' } })
  } catch (error) {
    if (isAuthError(error) && NOT_LIVE.has(error.wechat?.errcode ?? 0)) return null
    throw error
  }
}
