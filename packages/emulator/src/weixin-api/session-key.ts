import { timingSafeEqual } from 'node:crypto'
import { signWithSessionKey } from '../crypto.js'
import type { AppUser } from '../state.js'
import type { Wechat } from '../wechat.js'
import { ok, refuse } from './answer.js'
import type { ApiAnswer, Refusal } from './answer.js'
import { parameter } from './call.js'
import type { ApiCall } from './call.js'

/** `GET /wxa/checksession`: is the session_key that the caller holds the live one? */
export function checkSession(call: ApiCall, wechat: Wechat): ApiAnswer {
  const user = findSigner(call, wechat)
  return 'errcode' in user ? user : ok()
}

/** `GET /wxa/resetusersessionkey`: a new session_key; the old one is dead at once. */
export function resetUserSessionKey(call: ApiCall, wechat: Wechat): ApiAnswer {
  const user = findSigner(call, wechat)
  if ('errcode' in user) return user
  return ok({ openid: wechat.state.openidOf(user), session_key: wechat.codes.reset(user) })
}

/** Whoever signs with the live session_key, as text, knows it. Upper-case hex is taken too (WxJava sends it). */
export function findSigner(call: ApiCall, { state, codes }: Wechat): AppUser | Refusal {
  if (parameter(call, 'sig_method') !== 'hmac_sha256') return refuse(87008)
  const user = state.findByOpenid(call.appid, parameter(call, 'openid'))
  if (user === undefined) return refuse(40003)
  if (!codes.hasLiveKey(user)) return refuse(87007)
  return isSame(signWithSessionKey(codes.liveKey(user), ''), parameter(call, 'signature').toLowerCase()) ? user : refuse(87009)
}

function isSame(wanted: string, given: string): boolean {
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted))
}
