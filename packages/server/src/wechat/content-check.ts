import { AuthError, isAuthError } from '../errors.js'
import { unreadable } from './answer.js'
import type { WechatCall } from './call.js'

/** A profile, among the scenes that WeChat knows. */
export const SCENE_PROFILE = 1
/** The person was not seen in the app for two hours. */
const NOT_SEEN = 61010

/**
 * True when WeChat has nothing against showing this text in a profile (`POST /wxa/msg_sec_check`, version 2). `review`, which asks for a
 * person to decide, is no: nobody here decides. Throws the codes of {@link WechatCall}; `relogin` only when the person must be seen first.
 */
export async function isTextAcceptable(call: WechatCall, appid: string, openid: string, content: string): Promise<boolean> {
  return inContentCheck(async () => {
    const { result } = await call(appid, '/wxa/msg_sec_check', { body: { content, version: 2, scene: SCENE_PROFILE, openid } })
    const { suggest } = (result ?? {}) as { suggest?: unknown }
    if (typeof suggest !== 'string') throw unreadable('msg_sec_check', 'no verdict in the answer')
    return suggest === 'pass'
  })
}

/** Runs a call of the content checks. No code was sent, so that a new login helps only against 61010. */
export async function inContentCheck<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isAuthError(error)) throw error
    const action = error.wechat?.errcode === NOT_SEEN ? 'relogin' : error.action === 'relogin' ? 'retry_later' : error.action
    throw new AuthError(error.code, { action, cause: error.cause, ...(error.wechat && { wechat: error.wechat }), ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }) })
  }
}
