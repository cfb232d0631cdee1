import type { Wechat } from '../wechat.js'
import { required, requiredUser } from './input.js'
import type { Fields } from './input.js'

/** `POST /_emulator/plugin` `{appid, person, plugin}`: a code, as wx.pluginLogin of that plugin in that mini program would hand it out. */
export function plugin(fields: Fields, { state, pluginCodes, traffic }: Wechat): unknown {
  const user = { ...requiredUser(fields, state), plugin: required(fields, 'plugin', 'string') }
  const code = pluginCodes.issue(user)
  traffic.note({ from: 'phone', to: 'wechat', name: 'wx.pluginLogin', appid: user.appid, person: user.person, detail: { plugin: user.plugin } })(true, { code })
  return { code }
}
