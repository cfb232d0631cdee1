import type { Wechat } from '../wechat.js'
import { ControlError, optional, required } from './input.js'
import type { Fields } from './input.js'

/** `POST /_emulator/components` `{appid?, authorizers?}`: a third-party platform is added or its authorizers changed; it gets a component_access_token. */
export function putComponent(fields: Fields, { components }: Wechat): unknown {
  const appid = optional(fields, 'appid', 'string')
  const authorizers = fields['authorizers'] ?? []
  if (!Array.isArray(authorizers) || !authorizers.every((item) => typeof item === 'string')) throw new ControlError(400, '"authorizers" must be a list of appids')
  const component = components.find(appid ?? '') ?? components.add({ ...appid !== undefined && { appid } })
  component.authorizers = authorizers
  return { ...component, componentAccessToken: components.issueToken(component.appid) }
}

/** `POST /_emulator/corps` `{corpid?, secret?}`: adds a company of WeChat Work. */
export function addCorp(fields: Fields, { corps }: Wechat): unknown {
  const corpid = optional(fields, 'corpid', 'string')
  const secret = optional(fields, 'secret', 'string')
  return corps.add({ ...corpid !== undefined && { corpid }, ...secret !== undefined && { secret } })
}

/** `POST /_emulator/work-login` `{corpid, person}`: a code, as wx.qy.login would hand it out. */
export function workLogin(fields: Fields, { corps, traffic }: Wechat): unknown {
  const user = { corpid: required(fields, 'corpid', 'string'), person: required(fields, 'person', 'string') }
  const code = corps.issueCode(user)
  traffic.note({ from: 'phone', to: 'wechat', name: 'wx.qy.login', person: user.person, detail: { corpid: user.corpid } })(true, { code })
  return { code }
}
