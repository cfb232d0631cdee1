import type { AccessTokens } from './access-tokens.js'
import type { CallFrequencies } from './call-frequency.js'
import type { Timekeeper } from './clock.js'
import type { ContentRule } from './content-rules.js'
import type { EncryptedMessages } from './encrypted-messages.js'
import type { Faults } from './faults.js'
import type { LoginCodes } from './login-codes.js'
import type { PhoneCodes } from './phone-codes.js'
import { makeUserInfo, signProfile } from './profile-data.js'
import type { SignedProfile } from './profile-data.js'
import type { Push } from './push/push.js'
import type { Payments } from './payments.js'
import type { PluginCodes } from './plugin-codes.js'
import type { QuotaCounter } from './quotas.js'
import type { Random } from './random.js'
import type { AppUser, SavedState, State } from './state.js'
import type { Components } from './third-party.js'
import type { TrafficLog } from './traffic.js'
import type { UserEncryptKeys } from './user-encrypt-keys.js'
import type { Corps } from './work.js'

/** The parts of the emulated WeChat, as the server API, the control API and the devices share them. */
export interface Wechat {
  readonly state: State
  readonly codes: LoginCodes
  readonly accessTokens: AccessTokens
  readonly phoneCodes: PhoneCodes
  readonly clock: Timekeeper
  readonly random: Random
  readonly traffic: TrafficLog
  readonly faults: Faults
  readonly encryptedMessages: EncryptedMessages
  readonly components: Components
  readonly corps: Corps
  readonly payments: Payments
  readonly pluginCodes: PluginCodes
  readonly userEncryptKeys: UserEncryptKeys
  readonly quotas: QuotaCounter
  readonly frequencies: CallFrequencies
  readonly push: Push
  /** Back to what the emulator started with, or to `state`: nothing else is remembered, the devices have ended. */
  startOver(state?: SavedState): void
  /** What content checks find. */
  readonly contentRules: readonly ContentRule[]
  /** ms between media_check_async and its event. */
  readonly mediaCheckMs: number
  /** Whether jscode2session says `errcode: 0` on success. */
  readonly errcodeZero: boolean
  /** Whether `/sns/*` writes errcodes as texts. */
  readonly errcodeAsText: boolean
}

/** What wx.getUserProfile hands out, or wx.getUserInfo with `withIds`. Encrypted with the live session_key. Throws TypeError on an unknown app or person. */
export function makeProfile(wechat: Wechat, user: AppUser, kind: 'real' | 'placeholder', withIds: boolean): SignedProfile {
  const { person } = wechat.state.resolve(user)
  const unionId = wechat.state.unionidOf(user)
  return signProfile(makeUserInfo(person, kind), {
    appid: user.appid,
    sessionKey: wechat.codes.liveKey(user),
    iv: wechat.random.bytes(16).toString('base64'),
    now: wechat.clock.now(),
    ...withIds && { ids: { openId: wechat.state.openidOf(user), ...unionId !== undefined && { unionId } } },
  })
}
