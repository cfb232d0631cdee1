import type { Wechat } from '../wechat.js'
import { requiredUser } from './input.js'
import type { Fields } from './input.js'

/** `POST /_emulator/login` `{appid, person}`: a code, as wx.login would hand it out. */
export function login(fields: Fields, { state, codes, traffic }: Wechat): unknown {
  const user = requiredUser(fields, state)
  const answer = traffic.note({ from: 'phone', to: 'wechat', name: 'wx.login', ...user })
  const { code } = codes.issue(user)
  answer(true, { code })
  return { code }
}
