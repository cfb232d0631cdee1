import type { ContentCheckConfig } from '../config.js'
import { AuthError, isAuthError } from '../errors.js'
import type { Logger, Pseudonymise } from '../log.js'
import type { Store } from '../store/store.js'
import type { WechatCall } from '../wechat/call.js'
import { isTextAcceptable } from '../wechat/content-check.js'
import { gone } from './gone.js'
import type { Session } from './verify.js'

/**
 * Asks WeChat about a text before it is kept. Throws `profile_rejected`, and, unless the check may fail open, what keeps WeChat from answering:
 * a text that nobody looked at would stay for ever, while the user can try again in a minute.
 */
export type CheckText = (session: Session, text: string) => Promise<void>

export interface CheckTextParts {
  /** null: no check. */
  readonly contentCheck: ContentCheckConfig
  readonly call: WechatCall
  readonly store: Store
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

export function createCheckText({ contentCheck, call, store, log, pseudonym }: CheckTextParts): CheckText {
  return async ({ uid, appid, sessionId }, text) => {
    if (!contentCheck) return
    const { openid } = (await store.findSessionIdentity(sessionId)) ?? await gone(store, uid)
    const acceptable = await isTextAcceptable(call, appid, openid, text).catch((error: unknown) => {
      if (!contentCheck.failOpen || !isAuthError(error)) throw error
      log.warn({ event: 'content_unchecked', appid, user: pseudonym(uid), code: error.code }, 'WeChat could not be asked about a nickname: it is kept unchecked')
      return true
    })
    if (!acceptable) throw new AuthError('profile_rejected', { detail: 'WeChat’s content check does not let this nickname pass.' })
  }
}
