import type { Wechat } from '../wechat.js'
import { refuse } from './answer.js'
import type { ApiAnswer, Refusal } from './answer.js'
import type { ApiCall } from './call.js'
import { exchangeCode } from './jscode2session.js'

/** `GET /sns/component/jscode2session`: the same exchange for a third-party platform, which has a token in place of the app's secret. */
export function componentJscode2session({ query }: ApiCall, wechat: Wechat): ApiAnswer {
  return refusalOf(query, wechat) ?? exchangeCode(query, '/sns/component/jscode2session', wechat)
}

function refusalOf(query: URLSearchParams, { components }: Wechat): Refusal | undefined {
  const verdict = components.tokens.check(query.get('component_access_token'))
  if ('errcode' in verdict) return refuse(verdict.errcode)
  if (query.get('component_appid') !== verdict.appid) return refuse(40013)
  const appid = query.get('appid') ?? ''
  if (appid === '') return refuse(41002)
  if ((query.get('js_code') ?? '') === '') return refuse(41008)
  if (query.get('grant_type') !== 'authorization_code') return refuse(40002)
  return components.find(verdict.appid)?.authorizers.includes(appid) === true ? undefined : refuse(61003)
}
