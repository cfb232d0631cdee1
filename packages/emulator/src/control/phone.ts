import type { Wechat } from '../wechat.js'
import { requiredUser } from './input.js'
import type { Fields } from './input.js'

/** `POST /_emulator/phone` `{appid, person}`: a code, as the event of the phone button would hand it out. */
export function phone(fields: Fields, { state, phoneCodes, traffic }: Wechat): unknown {
  const user = requiredUser(fields, state)
  const answer = traffic.note({ from: 'phone', to: 'wechat', name: 'button.getPhoneNumber', ...user })
  const code = phoneCodes.issue(user)
  answer(true, { code })
  return { code }
}
