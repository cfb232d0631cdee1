import type { Wechat } from '../wechat.js'
import { ok, refuse } from './answer.js'
import type { ApiAnswer } from './answer.js'
import type { ApiCall } from './call.js'

/** `GET /cgi-bin/gettoken` of WeChat Work: the access_token of a company, the same until its last five minutes. */
export function getToken({ query }: ApiCall, { corps }: Wechat): ApiAnswer {
  const corpid = query.get('corpid') ?? ''
  const secret = query.get('corpsecret') ?? ''
  if (corpid === '') return refuse(41002, 'corpid missing')
  if (secret === '') return refuse(41004, 'corpsecret missing')
  const corp = corps.find(corpid)
  if (corp === undefined) return refuse(40013, 'invalid corpid')
  if (corp.secret !== secret) return refuse(40001, 'invalid credential')
  const { token, expiresIn } = corps.tokens.stable(corpid, false)
  return ok({ access_token: token, expires_in: expiresIn })
}

/** `GET /cgi-bin/miniprogram/jscode2session` of WeChat Work: code of wx.qy.login for corpid, userid and session_key; there is no openid. */
export function workJscode2session({ query }: ApiCall, { corps }: Wechat): ApiAnswer {
  const verdict = corps.tokens.check(query.get('access_token'))
  // WeChat Work has a number of its own for a token that is none.
  if ('errcode' in verdict) return verdict.errcode === 40001 ? refuse(40014) : refuse(verdict.errcode)
  if ((query.get('js_code') ?? '') === '') return refuse(41008)
  if (query.get('grant_type') !== 'authorization_code') return refuse(40002)
  const result = corps.exchange(verdict.appid, query.get('js_code') ?? '')
  if (result.errcode !== 0) return refuse(result.errcode)
  return ok({ corpid: verdict.appid, userid: result.userid, session_key: result.sessionKey })
}
