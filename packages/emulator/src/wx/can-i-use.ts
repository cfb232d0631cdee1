import { API_NAMES } from './api-names.js'
import { atLeast } from './base-library.js'
import type { DeviceContext } from './device-context.js'

/** wx.canIUse. */
export interface CanIUseApis {
  /** `api`, `api.object.param`, `api.success.member` or `component.attribute.option`. */
  canIUse(schema: string): boolean
}

/** Members and component options with the base library that brought them; those that are not here are unknown to the emulator. */
const SINCE: Readonly<Record<string, string>> = {
  button: '1.0.0',
  'button.open-type': '1.1.0',
  'button.open-type.contact': '1.1.0',
  'button.open-type.share': '1.2.0',
  'button.open-type.getUserInfo': '1.3.0',
  // getPhoneNumber is there from 1.2.0, but canIUse cannot tell below 1.5.3.
  'button.open-type.getPhoneNumber': '1.5.3',
  'button.open-type.openSetting': '2.0.7',
  'button.open-type.feedback': '2.1.0',
  'button.open-type.chooseAvatar': '2.21.2',
  'button.open-type.getRealtimePhoneNumber': '2.24.4',
  'button.open-type.agreePrivacyAuthorization': '2.32.3',
  input: '1.0.0',
  'input.type': '1.0.0',
  'input.type.nickname': '2.21.2',
  'login.object.timeout': '1.9.90',
  'request.object.timeout': '2.10.0',
  'request.object.redirect': '3.2.2',
  'request.success.header': '1.2.0',
  'request.success.cookies': '2.10.0',
  'getUserInfo.object.withCredentials': '1.1.0',
  'getSetting.object.withSubscriptions': '2.10.1',
  'setStorage.object.encrypt': '2.21.3',
  'getStorage.object.encrypt': '2.21.3',
}

const PARTS = ['return', 'success', 'object', 'callback']

/** canIUse of one device. */
export function createCanIUse({ caller, baseLibrary }: DeviceContext): CanIUseApis {
  return { canIUse: (schema) => caller.callSync('canIUse', () => answer(schema, baseLibrary)) }
}

function answer(schema: string, baseLibrary: string): boolean {
  // Reported false although the function is there: programs must test `if (wx.getUserProfile)`.
  if (schema.split('.')[0] === 'getUserProfile') return false
  const since = Object.hasOwn(SINCE, schema) ? SINCE[schema] : undefined
  if (since !== undefined) return atLeast(baseLibrary, since)
  const [name = '', part, ...rest] = schema.split('.')
  const api = API_NAMES.get(name)
  if (api === undefined || rest.length > 0 || (part !== undefined && !PARTS.includes(part))) return false
  return atLeast(baseLibrary, api.since ?? '1.0.0')
}
