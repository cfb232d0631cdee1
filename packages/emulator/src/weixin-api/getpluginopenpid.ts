import type { Wechat } from '../wechat.js'
import { ok, refuse } from './answer.js'
import type { ApiAnswer } from './answer.js'
import { textOf } from './call.js'
import type { ApiCall } from './call.js'

/** `POST /wxa/getpluginopenpid`: code of wx.pluginLogin for the user's id in the plugin. The access_token is the plugin's. */
export function getPluginOpenPId(call: ApiCall, { pluginCodes }: Wechat): ApiAnswer {
  const code = textOf(call, 'code')
  if (code === '') return refuse(1001)
  const result = pluginCodes.exchange(call.appid, code)
  return result.errcode === 0 ? ok({ openpid: result.openpid }) : refuse(result.errcode)
}
