import type { Wechat } from '../wechat.js'
import { refuse } from './answer.js'
import type { ApiAnswer } from './answer.js'
import type { ApiCall } from './call.js'
import { overQuota } from './quota.js'

/** `GET /sns/jscode2session`: code for openid and session_key. */
export function jscode2session({ query }: ApiCall, wechat: Wechat): ApiAnswer {
  const appid = query.get('appid') ?? ''
  const secret = query.get('secret') ?? ''
  if (appid === '') return refuse(41002)
  if (secret === '') return refuse(41004)
  if ((query.get('js_code') ?? '') === '') return refuse(41008)
  if (query.get('grant_type') !== 'authorization_code') return refuse(40002)

  const app = wechat.state.findApp(appid)
  if (app === undefined) return refuse(40013)
  if (app.secret !== secret) return refuse(40125)
  return exchangeCode(query, '/sns/jscode2session', wechat)
}

/** The exchange itself, once the caller has shown that the app is its own. */
export function exchangeCode(query: URLSearchParams, path: string, wechat: Wechat): ApiAnswer {
  const appid = query.get('appid') ?? ''
  const tooOften = overQuota(appid, path, wechat)
  if (tooOften !== undefined) return tooOften
  const result = wechat.codes.exchange(appid, query.get('js_code') ?? '')
  if (result.errcode !== 0) return refuse(result.errcode)
  const { sessionKey, openid, unionid } = result
  return {
    body: {
      session_key: sessionKey,
      openid,
      ...unionid !== undefined && { unionid },
      ...wechat.errcodeZero && { errcode: 0, errmsg: 'ok' },
    },
  }
}
