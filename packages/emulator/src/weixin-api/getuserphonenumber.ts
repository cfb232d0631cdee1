import type { AccessTokens } from '../access-tokens.js'
import type { PhoneCodes } from '../phone-codes.js'
import { refuse } from './answer.js'
import type { ApiAnswer } from './answer.js'

/** `POST /wxa/business/getuserphonenumber`: code of the phone button for the number. */
export function getUserPhoneNumber(
  query: URLSearchParams, { accessTokens, phoneCodes, clock }: { accessTokens: AccessTokens, phoneCodes: PhoneCodes, clock: { now(): number } }, body: unknown,
): ApiAnswer {
  const verdict = accessTokens.check(query.get('access_token'))
  if ('errcode' in verdict) return refuse(verdict.errcode)
  const { code } = Object(body) as { code?: unknown }
  if (typeof code !== 'string' || code === '') return refuse(41008)
  const result = phoneCodes.exchange(verdict.appid, code)
  if (result.errcode !== 0) return refuse(result.errcode)
  const { number, countryCode } = result
  const watermark = { timestamp: Math.floor(clock.now() / 1000), appid: verdict.appid }
  return { body: { errcode: 0, errmsg: 'ok', phone_info: { phoneNumber: number, purePhoneNumber: number, countryCode, watermark } } }
}
