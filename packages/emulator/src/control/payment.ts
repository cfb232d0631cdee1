import type { Wechat } from '../wechat.js'
import { optional, requiredUser } from './input.js'
import type { Fields } from './input.js'

/** `POST /_emulator/pay` `{appid, person, mchId?, outTradeNo?}`: that user has paid, so that getpaidunionid answers for five minutes. */
export function pay(fields: Fields, { state, payments }: Wechat): unknown {
  const mchId = optional(fields, 'mchId', 'string')
  const outTradeNo = optional(fields, 'outTradeNo', 'string')
  const { transactionId, ...rest } = payments.pay({ ...requiredUser(fields, state), ...mchId !== undefined && { mchId }, ...outTradeNo !== undefined && { outTradeNo } })
  return { transactionId, mchId: rest.mchId, outTradeNo: rest.outTradeNo }
}
