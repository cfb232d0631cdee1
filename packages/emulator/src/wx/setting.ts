import type { WxCall, WxResult } from './callback.js'
import type { DeviceContext } from './device-context.js'

/** What wx.getSetting gives. */
export interface SettingResult extends WxResult {
  /** Only scopes that were asked for: true granted, false refused, absent never asked. */
  readonly authSetting: Readonly<Record<string, boolean>>
}

/** wx.getSetting. */
export interface SettingApis {
  getSetting: WxCall<object, SettingResult>
}

/** getSetting of one device. */
export function createSetting({ caller, memory, era }: DeviceContext): SettingApis {
  return {
    getSetting: ((options) => caller.call<Omit<SettingResult, 'errMsg'>>('getSetting', options, (settle) => {
      // Since 2021-04-28 scope.userInfo shows as granted, without having been asked for.
      const granted = era === '2018' ? {} : { 'scope.userInfo': true }
      settle.ok({ authSetting: { ...memory.authSetting, ...granted } })
      return undefined
    })) as SettingApis['getSetting'],
  }
}
