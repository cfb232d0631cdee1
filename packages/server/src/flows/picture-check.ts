import type { Clock } from '../clock.js'
import type { ContentCheckConfig } from '../config.js'
import { isAuthError } from '../errors.js'
import type { Logger, Pseudonymise } from '../log.js'
import type { PictureCheck, Store } from '../store/store.js'
import type { WechatCall } from '../wechat/call.js'
import { readMediaVerdict, submitPicture } from '../wechat/media-check.js'
import type { PushMessage } from '../wechat/push.js'
import { avatarPath } from './avatar-path.js'
import { gone } from './gone.js'
import type { Session } from './verify.js'

/** WeChat's opinion of the pictures that users choose. It comes later: a picture is shown until then. */
export interface PictureChecks {
  /**
   * Has WeChat look at a picture that is served already, and tells by which name the verdict will come; null without a check. Throws what keeps
   * WeChat from taking it, unless the check may fail open.
   */
  ask(session: Session, id: string): Promise<PictureCheck | null>
  /** Takes a verdict: everything but `pass` withdraws the avatar. Returns whose it was, or null when nothing was withdrawn. */
  judge(appid: string, message: PushMessage): Promise<string | null>
}

export interface PictureCheckParts {
  /** null: no check. */
  readonly contentCheck: ContentCheckConfig
  /** Where WeChat fetches the pictures. */
  readonly publicURL: string
  readonly call: WechatCall
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

export function createPictureChecks({ contentCheck, publicURL, call, store, clock, log, pseudonym }: PictureCheckParts): PictureChecks {
  return {
    async ask({ uid, appid, sessionId }, id) {
      if (!contentCheck?.avatars) return null
      const { openid } = (await store.findSessionIdentity(sessionId)) ?? await gone(store, uid)
      try {
        return { appid, traceId: await submitPicture(call, appid, openid, publicURL + avatarPath(id)) }
      } catch (error) {
        if (!contentCheck.failOpen || !isAuthError(error)) throw error
        log.warn({ event: 'content_unchecked', appid, user: pseudonym(uid), code: error.code }, 'WeChat could not be asked about an avatar: it is kept unchecked')
        return null
      }
    },
    async judge(appid, message) {
      const verdict = readMediaVerdict(message)
      if (!verdict || !contentCheck?.avatars) return null
      const { traceId, opinion } = verdict
      if (opinion === 'unchecked') log.warn({ event: 'content_unchecked', appid, trace: traceId, errcode: message.errcode }, 'WeChat could not look at an avatar; does publicURL lead here from outside?')
      const acceptable = opinion === 'pass' || (opinion === 'unchecked' && contentCheck.failOpen)
      const uid = await store.judgePicture({ appid, traceId, acceptable, detail: opinion, at: clock.now(), urlOf: avatarPath })
      if (uid !== null) log.info({ event: 'avatar_withdrawn', appid, user: pseudonym(uid), trace: traceId, opinion }, 'an avatar was withdrawn')
      return uid
    },
  }
}
