import { makeProfile } from '../wechat.js'
import type { Wechat } from '../wechat.js'
import { requiredUser } from './input.js'
import type { Fields } from './input.js'

/** `POST /_emulator/profile` `{appid, person}`: what wx.getUserProfile would hand out with real data. */
export function profile(fields: Fields, wechat: Wechat): unknown {
  const user = requiredUser(fields, wechat.state)
  const answer = wechat.traffic.note({ from: 'phone', to: 'wechat', name: 'wx.getUserProfile', ...user })
  const made = makeProfile(wechat, user, 'real', false)
  answer(true, made)
  return made
}
