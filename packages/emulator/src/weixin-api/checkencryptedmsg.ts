import type { Wechat } from '../wechat.js'
import { ok, refuse } from './answer.js'
import type { ApiAnswer } from './answer.js'
import { textOf } from './call.js'
import type { ApiCall } from './call.js'

/** `POST /wxa/business/checkencryptedmsg`: did WeChat make this phone number's encryptedData? `vaild` is WeChat's own spelling. */
export function checkEncryptedMsg(call: ApiCall, { encryptedMessages }: Wechat): ApiAnswer {
  const hash = textOf(call, 'encrypted_msg_hash')
  if (!/^[0-9a-f]{64}$/i.test(hash)) return refuse(40097)
  const madeAt = encryptedMessages.find(call.appid, hash)
  return madeAt === undefined ? refuse(1) : ok({ vaild: true, create_time: Math.floor(madeAt / 1000) })
}
