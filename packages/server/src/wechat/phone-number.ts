import { AuthError, isAuthError } from '../errors.js'
import { reveal, secret } from '../secret.js'
import type { Secret } from '../secret.js'
import { unreadable } from './answer.js'
import type { WechatCall } from './call.js'

/** A number that WeChat vouches for. */
export interface WechatPhone {
  /** Without the country code. */
  readonly number: Secret
  readonly countryCode: string
}

const NAME = 'getuserphonenumber'

/**
 * Swaps the code of a phone button for the number (`POST /wxa/business/getuserphonenumber`); each success is billed.
 * Whatever fails, a new code needs a new tap: every error asks the user. Source: WeChat, getPhoneNumber.
 */
export async function codeToPhone(call: WechatCall, appid: string, code: string): Promise<WechatPhone> {
  try {
    return read(await call(appid, '/wxa/business/getuserphonenumber', { body: { code } }), appid)
  } catch (error) {
    if (!isAuthError(error)) throw error
    // Here 40013 does not blame the configuration: the code was made in another app than the token's.
    const isForeign = error.wechat?.errcode === 40013
    if (error.action !== 'relogin' && !isForeign) throw error
    throw new AuthError(isForeign ? 'wx_code_invalid' : error.code, { action: 'ask_user', cause: error.cause, ...(error.wechat && { wechat: error.wechat }) })
  }
}

function read(answer: Record<string, unknown>, appid: string): WechatPhone {
  const info = (answer.phone_info ?? {}) as Readonly<Record<string, unknown>>
  const phone = readPhone(info)
  if (!phone) throw unreadable(NAME, 'no phone number in the answer')
  if ((info.watermark as { appid?: unknown } | undefined)?.appid !== appid) throw unreadable(NAME, 'the watermark names another app')
  return phone
}

/** The number in what WeChat gave, from the code or in encryptedData; null when there is none. */
export function readPhone({ purePhoneNumber: number, countryCode }: Readonly<Record<string, unknown>>): WechatPhone | null {
  if (typeof number !== 'string' || !/^\d{4,20}$/.test(number) || !/^\d{1,4}$/.test(String(countryCode))) return null
  return { number: secret(number), countryCode: String(countryCode) }
}

/** Numbers of Chinese virtual operators. Source: the Ministry's numbering plan, segments 162, 165, 167, 170 and 171. */
const VIRTUAL = /^1(62|65|67|70|71)\d{8}$/

/** Whether the rules let this number be bound. */
export function isAllowed({ number, countryCode }: WechatPhone, { overseas, virtual }: { readonly overseas: boolean, readonly virtual: boolean }): boolean {
  if (countryCode !== '86') return overseas
  return virtual || !VIRTUAL.test(reveal(number))
}
