import type { WxCall, WxResult } from './callback.js'
import type { DeviceContext } from './device-context.js'

/** What wx.login gives. */
export interface LoginResult extends WxResult {
  /** 5 minutes, one use. */
  readonly code: string
  /** True when a cache manager answered; such a code must never be exchanged. */
  readonly fromCache?: boolean
}

/** wx.login and wx.checkSession. */
export interface LoginApis {
  /** `timeout` in ms. */
  login: WxCall<{ timeout?: number | undefined }, LoginResult>
  /** Tests the session_key of the last code obtained on this device, not the one that a server holds. */
  checkSession: WxCall<object, WxResult>
}

// Observed in DevTools; the ellipsis is part of the text as it was found.
const SESSION_DEAD = '系统错误，错误码：-13001,session time out…d relogin'

/** login and checkSession of one device. */
export function createLogin({ wechat, caller, user, memory }: DeviceContext): LoginApis {
  const { codes } = wechat
  return {
    login: ((options) => caller.call<{ code: string, fromCache?: boolean }>('login', options, (settle, fault) => {
      if (fault?.emptyCode === true) settle.ok({ code: '' })
      else if (fault?.fromCache === true && memory.session.lastCode !== undefined) settle.ok({ code: memory.session.lastCode.code, fromCache: true })
      else {
        memory.session.lastCode = codes.issue(user, wechat.frequencies.isBroken(user))
        settle.ok({ code: memory.session.lastCode.code, ...fault?.fromCache === true && { fromCache: true } })
      }
      return undefined
    })) as LoginApis['login'],

    checkSession: ((options) => caller.call('checkSession', options, (settle) => {
      if (memory.session.lastCode !== undefined && codes.isLive(memory.session.lastCode)) settle.ok({})
      else settle.fail(SESSION_DEAD)
      return undefined
    })) as LoginApis['checkSession'],
  }
}
