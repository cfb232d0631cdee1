import type { PaymentName } from '../payments.js'
import { randomOpenid } from '../random.js'
import type { Wechat } from '../wechat.js'
import { ok, refuse } from './answer.js'
import type { ApiAnswer } from './answer.js'
import type { ApiCall } from './call.js'

/** `GET /wxa/getpaidunionid`: the unionid of somebody who paid within the last five minutes. */
export function getPaidUnionid({ query, appid }: ApiCall, { state, payments, random }: Wechat): ApiAnswer {
  const user = state.findByOpenid(appid, query.get('openid') ?? '')
  if (user === undefined) return refuse(40003)
  const { app, person } = state.resolve(user)
  if (app.unionScope === null) return refuse(89002)
  if (payments.find(user, nameOf(query)) === undefined) return refuse(89300)
  // Whoever pays has a unionid from then on, also where jscode2session gave none before.
  person.unionid ??= randomOpenid(random)
  state.touch()
  return ok({ unionid: state.unionidOf(user) })
}

function nameOf(query: URLSearchParams): PaymentName {
  const transactionId = query.get('transaction_id') ?? ''
  return transactionId === '' ? { mchId: query.get('mch_id') ?? '', outTradeNo: query.get('out_trade_no') ?? '' } : { transactionId }
}
