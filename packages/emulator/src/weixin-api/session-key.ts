import { timingSafeEqual } from 'node:crypto'
import type { AccessTokens } from '../access-tokens.js'
import { signWithSessionKey } from '../crypto.js'
import type { LoginCodes } from '../login-codes.js'
import type { AppUser, State } from '../state.js'
import { refuse } from './answer.js'
import type { ApiAnswer } from './answer.js'

type Parts = { readonly state: State, readonly codes: LoginCodes, readonly accessTokens: AccessTokens }

/** `GET /wxa/checksession`: is the session_key that the caller holds the live one? */
export function checkSession(query: URLSearchParams, parts: Parts): ApiAnswer {
  const user = signer(query, parts)
  return 'errcode' in user ? user : { body: { errcode: 0, errmsg: 'ok' } }
}

/** `GET /wxa/resetusersessionkey`: a new session_key; the old one is dead at once. */
export function resetUserSessionKey(query: URLSearchParams, parts: Parts): ApiAnswer {
  const user = signer(query, parts)
  if ('errcode' in user) return user
  return { body: { errcode: 0, errmsg: 'ok', openid: query.get('openid'), session_key: parts.codes.reset(user) } }
}

// Whoever signs with the live session_key, as text, knows it. Upper-case hex is taken too (WxJava sends it).
function signer(query: URLSearchParams, { state, codes, accessTokens }: Parts): AppUser | Extract<ApiAnswer, { errcode: number }> {
  const verdict = accessTokens.check(query.get('access_token'))
  if ('errcode' in verdict) return refused(verdict.errcode)
  if (query.get('sig_method') !== 'hmac_sha256') return refused(87008)
  const user = state.findByOpenid(verdict.appid, query.get('openid') ?? '')
  if (user === undefined) return refused(40003)
  if (!codes.hasLiveKey(user)) return refused(87007)
  return isSame(signWithSessionKey(codes.liveKey(user), ''), (query.get('signature') ?? '').toLowerCase()) ? user : refused(87009)
}

const refused = (errcode: number) => refuse(errcode) as Extract<ApiAnswer, { errcode: number }>

function isSame(wanted: string, given: string): boolean {
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted))
}
