import type { MeResponse, Profile, ProfileRequest } from '@tongxing/protocol'
import type { Secret } from '../secret.js'
import type { Store } from '../store/store.js'
import { readWechatProfile } from '../user/wechat-profile.js'
import { openEncryptedData } from '../wechat/encrypted-data.js'
import type { ExpectedData } from '../wechat/encrypted-data.js'
import { isRawDataSigned } from '../wechat/raw-data.js'
import type { TakeData, Verdict } from './encrypted-data.js'
import { gone } from './gone.js'
import type { DescribeUser } from './me.js'
import type { Session } from './verify.js'

/** Takes what getUserProfile or getUserInfo handed out, checks that WeChat signed it, and keeps it. Throws the codes of {@link TakeData}. */
export type SaveProfile = (session: Session, request: ProfileRequest) => Promise<MeResponse>

export interface ProfileParts {
  readonly store: Store
  readonly describe: DescribeUser
  readonly takeData: TakeData
}

export function createSaveProfile({ store, describe, takeData }: ProfileParts): SaveProfile {
  return async (session, request) => {
    const profile = await takeData(session, {
      refusal: 'profile_refused',
      encryptedData: request.encryptedData,
      judge: (keys, expected) => judge(request, keys, expected),
    })
    // WeChat's placeholder is no profile: what the user gave before stays.
    const user = profile ? await store.saveProfile(session.uid, profile) : await store.findUser(session.uid)
    return describe(user ?? await gone(store, session.uid))
  }
}

function judge({ rawData, signature, encryptedData, iv }: ProfileRequest, keys: readonly Secret[], expected: ExpectedData): Verdict<Profile | null> {
  const hasData = encryptedData !== undefined || iv !== undefined
  const signed = isRawDataSigned(keys, rawData, signature)
  const opened = !hasData || openEncryptedData(keys, encryptedData ?? '', iv ?? '', expected) !== null
  const profile = readWechatProfile(rawData, expected.now)
  const readable = profile !== 'unreadable'
  return { isGood: signed && opened && readable, value: readable ? profile : null, why: { signed, opened, readable } }
}
