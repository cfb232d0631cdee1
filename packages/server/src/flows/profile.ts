import type { MeResponse, ProfileRequest } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import { AuthError } from '../errors.js'
import type { Logger, Pseudonymise } from '../log.js'
import type { Store } from '../store/store.js'
import type { Phones } from '../user/phone.js'
import type { SessionKeys } from '../user/session-key.js'
import { readWechatProfile } from '../user/wechat-profile.js'
import { openEncryptedData } from '../wechat/encrypted-data.js'
import { isRawDataSigned } from '../wechat/raw-data.js'
import { gone, meOf } from './me.js'
import type { Session } from './verify.js'

/**
 * Takes what getUserProfile or getUserInfo handed out, checks that WeChat signed it, and keeps it.
 * Throws `session_key_stale` when the server holds no key to check with (decided before anything is opened),
 * and `encrypted_data_invalid` for every other failure alike.
 */
export type SaveProfile = (session: Session, request: ProfileRequest) => Promise<MeResponse>

export interface ProfileParts {
  readonly store: Store
  readonly phones: Phones
  readonly sessionKeys: SessionKeys
  readonly clock: Clock
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

export function createSaveProfile({ store, phones, sessionKeys, clock, log, pseudonym }: ProfileParts): SaveProfile {
  return async ({ uid, appid }, { rawData, signature, encryptedData, iv }) => {
    const openid = (await store.findOpenid(uid, appid)) ?? gone()
    const keys = await sessionKeys.usable(appid, openid)
    if (keys.length === 0) throw new AuthError('session_key_stale')

    const now = clock.now()
    const signed = isRawDataSigned(keys, rawData, signature)
    const hasData = encryptedData !== undefined || iv !== undefined
    const opened = !hasData || openEncryptedData(keys, encryptedData ?? '', iv ?? '', { appid, openid, now }) !== null
    const profile = readWechatProfile(rawData, now)
    if (!signed || !opened || profile === 'unreadable') {
      log.warn({ event: 'profile_refused', appid, user: pseudonym(uid), signed, opened, readable: profile !== 'unreadable' }, 'user data could not be verified')
      throw new AuthError('encrypted_data_invalid')
    }
    // WeChat's placeholder is no profile: what the user gave before stays.
    const user = profile ? await store.saveProfile(uid, profile) : await store.findUser(uid)
    return meOf(user ?? gone(), phones)
  }
}
