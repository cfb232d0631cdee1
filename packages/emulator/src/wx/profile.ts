import { makeProfile } from '../wechat.js'
import type { SignedProfile, UserInfo } from '../profile-data.js'
import { makeUserInfo } from '../profile-data.js'
import { atLeast } from './base-library.js'
import type { Settle, WxCall, WxResult } from './callback.js'
import type { DeviceContext } from './device-context.js'

/** What wx.getUserProfile gives. */
export interface UserProfileResult extends SignedProfile, WxResult {}

/** What wx.getUserInfo gives; the encrypted part only with `withCredentials`. */
export interface UserInfoResult extends WxResult {
  readonly userInfo: UserInfo
  readonly rawData?: string
  readonly signature?: string
  readonly encryptedData?: string
  readonly iv?: string
}

/** The profile APIs. */
export interface ProfileApis {
  /** `desc`: 1 to 30 characters. Must be called synchronously in a tap. Absent before 2021-04 and below base library 2.10.4. */
  getUserProfile?: WxCall<{ desc?: string | undefined, lang?: string | undefined }, UserProfileResult>
  getUserInfo: WxCall<{ withCredentials?: boolean | undefined, lang?: string | undefined }, UserInfoResult>
}

/** Characters of `desc`. */
const LONGEST_DESC = 30

/** getUserProfile (where the era has it) and getUserInfo of one device. */
export function createProfile(device: DeviceContext): ProfileApis {
  const getUserProfile = ((options) => device.caller.call<SignedProfile>('getUserProfile', options, (settle) => {
    answerUserProfile(options?.desc, device, settle)
    return undefined
  })) as NonNullable<ProfileApis['getUserProfile']>

  const getUserInfo = ((options) => device.caller.call<Omit<UserInfoResult, 'errMsg'>>('getUserInfo', options, (settle) => {
    answerUserInfo(options?.withCredentials ?? false, device, settle)
    return undefined
  })) as ProfileApis['getUserInfo']

  // WeChat introduced it in 2021-04: an app version published before knows nothing of it.
  return device.era === '2018' ? { getUserInfo } : { getUserProfile, getUserInfo }
}

function answerUserProfile(desc: unknown, device: DeviceContext, settle: Settle<SignedProfile>): void {
  if (typeof desc !== 'string' || desc === '' || desc.length > LONGEST_DESC) return settle.fail('desc length does not meet the requirements')
  if (!device.inTap()) return settle.fail('can only be invoked by user TAP gesture.')
  device.privacy.pass('getUserProfile', (refusal) => {
    if (refusal === undefined) askForProfile(desc, device, settle)
    else settle.fail(refusal.reason, refusal.errno)
  })
}

function askForProfile(desc: string, device: DeviceContext, settle: Settle<SignedProfile>): void {
  const retired = device.era !== '2021-04' && atLeast(device.baseLibrary, '2.27.1')
  const give = () => settle.ok(makeProfile(device.wechat, device.user, retired ? 'placeholder' : 'real', false))
  if (retired && !device.retiredProfilePopup) return give()
  device.ask({ api: 'getUserProfile', desc }, (answer) => answer === 'allow' ? give() : settle.fail('auth deny'))
}

function answerUserInfo(withCredentials: boolean, device: DeviceContext, settle: Settle<Omit<UserInfoResult, 'errMsg'>>): void {
  if (device.era !== '2018') {
    return device.privacy.pass('getUserInfo', (refusal) => {
      if (refusal === undefined) giveUserInfo('placeholder', withCredentials, device, settle)
      else settle.fail(refusal.reason, refusal.errno)
    })
  }
  askForUserInfo(device, (refusal) => {
    if (refusal !== undefined) settle.fail(refusal)
    else giveUserInfo('real', withCredentials, device, settle)
  })
}

function giveUserInfo(kind: 'real' | 'placeholder', withCredentials: boolean, device: DeviceContext, settle: Settle<Omit<UserInfoResult, 'errMsg'>>): void {
  const { wechat, user } = device
  if (!withCredentials) {
    const { person } = wechat.state.resolve(user)
    return settle.ok({ userInfo: makeUserInfo(person, kind) })
  }
  if (device.memory.session.lastCode === undefined || !wechat.codes.hasLiveKey(user)) return settle.fail('login session is missing or expired; call wx.login first')
  settle.ok(makeProfile(wechat, user, kind, true))
}

// Before 2021-04: asks once and remembers; develop and trial builds stopped asking on 2018-04-30 and need a grant.
function askForUserInfo({ memory: { authSetting }, envVersion, ask }: DeviceContext, then: (refusal: string | undefined) => void): void {
  const scope = 'scope.userInfo'
  if (authSetting[scope] !== undefined) return then(authSetting[scope] ? undefined : 'auth deny')
  if (envVersion !== 'release') return then('scope unauthorized')
  ask({ api: 'getUserInfo', scope }, (answer) => {
    if (answer !== undefined) authSetting[scope] = answer === 'allow'
    then(answer === 'allow' ? undefined : 'auth deny')
  })
}
