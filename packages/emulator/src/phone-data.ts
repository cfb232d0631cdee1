import { encryptUserData } from './crypto.js'
import type { AppUser } from './state.js'
import type { Wechat } from './wechat.js'

/** What the event of the phone button hands out: a code, and the number encrypted with the live session_key. */
export interface PhoneData {
  /** For getuserphonenumber: good for five minutes and one use. */
  readonly code: string
  readonly encryptedData: string
  /** base64. */
  readonly iv: string
}

/** Both ways of the phone button, old and new. Throws TypeError on an unknown app or person. */
export function makePhoneData(wechat: Wechat, user: AppUser): PhoneData {
  const { person: { phoneNumber } } = wechat.state.resolve(user)
  const iv = wechat.random.bytes(16).toString('base64')
  const watermark = { timestamp: Math.floor(wechat.clock.now() / 1000), appid: user.appid }
  const plaintext = JSON.stringify({ phoneNumber, purePhoneNumber: phoneNumber, countryCode: '86', watermark })
  const encryptedData = encryptUserData(wechat.codes.liveKey(user), iv, plaintext)
  wechat.encryptedMessages.note(user.appid, encryptedData)
  return { code: wechat.phoneCodes.issue(user), encryptedData, iv }
}
