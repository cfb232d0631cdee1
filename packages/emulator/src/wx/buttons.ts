import { makePhoneData } from '../phone-data.js'
import type { PhoneData } from '../phone-data.js'
import { DEFAULT_PHONE_BUTTON } from '../app.js'
import type { EmulatedApp, PhoneButton } from '../app.js'
import { atLeast } from './base-library.js'
import type { Settle, WxCallbacks, WxFailure } from './callback.js'
import type { DeviceContext } from './device-context.js'
import { keepTemporaryFile } from './files.js'
import type { UserInfoResult } from './profile.js'
import type { SettingResult } from './setting.js'
import type { Wx } from './wx.js'

/** Buttons whose tap WeChat itself answers. */
export type OpenType =
  | 'getPhoneNumber' | 'getRealtimePhoneNumber' | 'agreePrivacyAuthorization' | 'getPhoneNumber|agreePrivacyAuthorization' | 'chooseAvatar' | 'getUserInfo' | 'openSetting'

/** What is particular about a tap. */
export interface ButtonTap {
  /** Of agreePrivacyAuthorization: the button's id, which `resolve({event: 'agree', buttonId})` names. */
  readonly id?: string
  /** Of the phone buttons: the person allows, and then turns back while binding a number or confirming. */
  readonly turnsBack?: 'bind' | 'login'
  /** Of chooseAvatar: the picture that the person chooses; without one the person cancels. */
  readonly picture?: { readonly bytes: Uint8Array, readonly type: string }
  /** Of chooseAvatar: WeChat's check refuses the picture (from base library 2.24.4). */
  readonly unfit?: boolean
}

/** `detail` of the event: the members depend on the button. */
export type ButtonDetail = Partial<PhoneData & WxFailure & UserInfoResult & SettingResult> & { readonly avatarUrl?: string }

/** Taps a button. Undefined: there is no event. */
export type TapButton = (openType: OpenType, tap?: ButtonTap) => Promise<ButtonDetail | undefined>

/** Open-types and the base library that brought each. */
const SINCE: Readonly<Record<OpenType, string>> = {
  getPhoneNumber: '1.2.0', getRealtimePhoneNumber: '2.24.4', agreePrivacyAuthorization: '2.32.3', 'getPhoneNumber|agreePrivacyAuthorization': '2.33.1',
  chooseAvatar: '2.21.2', getUserInfo: '1.3.0', openSetting: '2.0.7',
}

type PhoneOpenType = 'getPhoneNumber' | 'getRealtimePhoneNumber'

const TURNED_BACK = { bind: 'cancel to bind phone', login: 'cancel to confirm login' }

/** The buttons of one device. */
export function createButtons(device: DeviceContext, wx: Wx): TapButton {
  const inTap = <Result>(run: (callbacks: Required<Pick<WxCallbacks<Result>, 'success' | 'fail'>>) => void): Promise<Result | WxFailure> =>
    new Promise((resolve) => { device.runInTap(() => run({ success: resolve, fail: resolve })) })

  return (openType, tap = {}) => {
    // A button that the base library does not know does nothing.
    if (!atLeast(device.baseLibrary, SINCE[openType])) return Promise.resolve(undefined)
    switch (openType) {
      case 'getPhoneNumber|agreePrivacyAuthorization':
        device.privacy.tapAgree(tap.id ?? '')
        return tapPhoneButton('getPhoneNumber', tap, device)
      case 'getPhoneNumber':
      case 'getRealtimePhoneNumber': return tapPhoneButton(openType, tap, device)
      case 'agreePrivacyAuthorization':
        device.privacy.tapAgree(tap.id ?? '')
        return Promise.resolve({ errMsg: 'agreePrivacyAuthorization:ok' })
      case 'chooseAvatar': return chooseAvatar(tap, device)
      case 'getUserInfo': return inTap<UserInfoResult>((callbacks) => wx.getUserInfo({ withCredentials: device.wechat.codes.hasLiveKey(device.user), ...callbacks }))
      case 'openSetting': return inTap<SettingResult>((callbacks) => wx.openSetting(callbacks))
    }
  }
}

function tapPhoneButton(openType: PhoneOpenType, tap: ButtonTap, device: DeviceContext): Promise<ButtonDetail> {
  return new Promise((resolve) => {
    device.caller.start<Partial<PhoneData>>(openType, { success: resolve, fail: resolve }, undefined, (settle) => {
      device.privacy.pass(`button.${openType}`, (refusal) => {
        if (refusal === undefined) askForNumber(openType, tap, device, settle)
        else settle.fail(refusal.reason, refusal.errno)
      })
      return undefined
    })
  })
}

function askForNumber(openType: PhoneOpenType, { turnsBack }: ButtonTap, device: DeviceContext, settle: Settle<Partial<PhoneData>>): void {
  const { app } = device.wechat.state.resolve(device.user)
  const { entitled, [quotaOf(openType)]: left } = phoneButtonOf(app)
  if (!entitled) return settle.fail('该 appid 没有权限', 102)
  if (left <= 0) return settle.fail('quota used up', 1400001)
  device.ask({ api: openType }, (answer) => {
    if (answer !== 'allow') return settle.fail('user deny')
    if (turnsBack !== undefined) return settle.failWith(`:fail:${TURNED_BACK[turnsBack]}`)
    app.phoneButton = { ...phoneButtonOf(app), [quotaOf(openType)]: left - 1 }
    settle.ok(giveNumber(openType, device))
  })
}

const quotaOf = (openType: PhoneOpenType): 'quota' | 'realtimeQuota' => openType === 'getPhoneNumber' ? 'quota' : 'realtimeQuota'

const phoneButtonOf = ({ phoneButton }: EmulatedApp): PhoneButton => ({ ...DEFAULT_PHONE_BUTTON, ...phoneButton })

/** The code, where the base library has it; the encrypted number while a session_key lives. */
function giveNumber(openType: PhoneOpenType, { wechat, user, baseLibrary }: DeviceContext): Partial<PhoneData> {
  if (openType === 'getRealtimePhoneNumber' || !wechat.codes.hasLiveKey(user)) return { code: wechat.phoneCodes.issue(user) }
  const { code, ...encrypted } = makePhoneData(wechat, user)
  return atLeast(baseLibrary, '2.21.2') ? { code, ...encrypted } : encrypted
}

function chooseAvatar({ picture, unfit }: ButtonTap, device: DeviceContext): Promise<ButtonDetail | undefined> {
  return new Promise((resolve) => {
    device.privacy.pass('button.chooseAvatar', (refusal) => {
      const isChecked = unfit === true && atLeast(device.baseLibrary, '2.24.4')
      if (refusal !== undefined || picture === undefined || isChecked) return resolve(undefined)
      const file = { type: picture.type, bytes: Buffer.from(picture.bytes) }
      resolve({ avatarUrl: keepTemporaryFile(device.memory.files, file, device.wechat.random) })
    })
  })
}
