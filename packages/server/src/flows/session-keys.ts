import { AuthError } from '../errors.js'
import type { Secret } from '../secret.js'
import type { Store } from '../store/store.js'
import type { SessionKeys } from '../user/session-key.js'
import type { WechatCall } from '../wechat/call.js'
import { isSessionKeyLive, resetSessionKey } from '../wechat/session-key.js'

/** WeChat's side of a login, for the back end. No session_key ever leaves the server. */
export interface SessionKeyControl {
  /**
   * True when one of the session_keys that the server holds for this user is the one that WeChat holds.
   * Throws `session_key_stale` when the server holds none, and the codes of {@link WechatCall}.
   */
  checkSessionKey(uid: string, appid: string): Promise<boolean>
  /**
   * Makes WeChat replace the user's session_key: what was stolen opens nothing any more. The new one is kept; sessions of ours go on.
   * Throws `session_key_stale` when no key that the server holds is the live one, and the codes of {@link WechatCall}.
   */
  resetUserSessionKey(uid: string, appid: string): Promise<void>
}

export interface SessionKeyControlParts {
  readonly store: Store
  readonly sessionKeys: SessionKeys
  readonly call: WechatCall
}

export function createSessionKeyControl({ store, sessionKeys, call }: SessionKeyControlParts): SessionKeyControl {
  async function held(uid: string, appid: string): Promise<{ openid: string, keys: readonly Secret[] }> {
    const openid = await store.findOpenid(uid, appid)
    const keys = openid === null ? [] : await sessionKeys.usable({ uid, appid, openid })
    if (openid === null || keys.length === 0) throw new AuthError('session_key_stale')
    return { openid, keys }
  }

  return {
    async checkSessionKey(uid, appid) {
      const { openid, keys } = await held(uid, appid)
      for (const key of keys) if (await isSessionKeyLive(call, appid, openid, key)) return true
      return false
    },
    async resetUserSessionKey(uid, appid) {
      const { openid, keys } = await held(uid, appid)
      for (const key of keys) {
        const fresh = await resetSessionKey(call, appid, openid, key)
        if (fresh) return sessionKeys.replace(appid, openid, fresh)
      }
      throw new AuthError('session_key_stale')
    },
  }
}
