import type { Wechat } from '../wechat.js'
import { ok, refuse } from './answer.js'
import type { ApiAnswer } from './answer.js'
import { textOf } from './call.js'
import type { ApiCall } from './call.js'

/** `POST /wxa/business/getuserphonenumber`: code of the phone button for the number. */
export function getUserPhoneNumber(call: ApiCall, { phoneCodes, clock }: Wechat): ApiAnswer {
  const code = textOf(call, 'code')
  if (code === '') return refuse(41008)
  const result = phoneCodes.exchange(call.appid, code)
  if (result.errcode !== 0) return refuse(result.errcode)
  const { number, countryCode } = result
  const watermark = { timestamp: Math.floor(clock.now() / 1000), appid: call.appid }
  return ok({ phone_info: { phoneNumber: number, purePhoneNumber: number, countryCode, watermark } })
}
