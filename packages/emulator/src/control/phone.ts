import { makePhoneData } from '../phone-data.js'
import type { Wechat } from '../wechat.js'
import { requiredUser } from './input.js'
import type { Fields } from './input.js'

/** `POST /_emulator/phone` `{appid, person}`: `{code, encryptedData, iv}`, as the event of the phone button would hand them out. */
export function phone(fields: Fields, wechat: Wechat): unknown {
  const user = requiredUser(fields, wechat.state)
  const answer = wechat.traffic.note({ from: 'phone', to: 'wechat', name: 'button.getPhoneNumber', ...user })
  const made = makePhoneData(wechat, user)
  answer(true, made)
  return made
}
