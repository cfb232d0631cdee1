import { createHash } from 'node:crypto'
import { AuthError, isAuthError } from '../errors.js'
import type { WechatCall } from './call.js'

/** "Data not exist": never made, of another app, or older than three days. */
const NOT_KNOWN = 1

/**
 * True when WeChat says that it has made this encryptedData of a phone number, for this app and within three days
 * (`POST /wxa/business/checkencryptedmsg`). The hash is taken over the text and, as WeChat's page does not say which, over its bytes.
 * Throws the codes of {@link WechatCall}; none of them says `relogin`, for no code was sent.
 */
export async function isMadeByWechat(call: WechatCall, appid: string, encryptedData: string): Promise<boolean> {
  return await isKnown(call, appid, encryptedData) || isKnown(call, appid, Buffer.from(encryptedData, 'base64'))
}

async function isKnown(call: WechatCall, appid: string, data: string | Buffer): Promise<boolean> {
  try {
    const hash = createHash('sha256').update(data).digest('hex')
    // The misspelling is WeChat's.
    return (await call(appid, '/wxa/business/checkencryptedmsg', { body: { encrypted_msg_hash: hash } })).vaild === true
  } catch (error) {
    if (!isAuthError(error)) throw error
    if (error.wechat?.errcode === NOT_KNOWN) return false
    throw error.action === 'relogin' ? new AuthError(error.code, { action: 'retry_later', cause: error.cause, ...(error.wechat && { wechat: error.wechat }) }) : error
  }
}
