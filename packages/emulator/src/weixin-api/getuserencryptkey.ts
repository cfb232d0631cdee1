import type { Wechat } from '../wechat.js'
import { ok } from './answer.js'
import type { ApiAnswer } from './answer.js'
import type { ApiCall } from './call.js'
import { findSigner } from './session-key.js'

/** `GET /wxa/business/getuserencryptkey`: the last three keys of wx.getUserCryptoManager. */
export function getUserEncryptKey(call: ApiCall, wechat: Wechat): ApiAnswer {
  const user = findSigner(call, wechat)
  if ('errcode' in user) return user
  const now = wechat.clock.now()
  return ok({
    key_info_list: wechat.userEncryptKeys.recent(user).map(({ encryptKey, iv, version, createdAt, expiresAt }) => ({
      encrypt_key: encryptKey,
      version,
      expire_in: Math.max(0, Math.floor((expiresAt - now) / 1000)),
      iv,
      create_time: Math.floor(createdAt / 1000),
    })),
  })
}
