import { atLeast } from './base-library.js'
import type { Settle, WxCall, WxResult } from './callback.js'
import type { DeviceContext } from './device-context.js'

/** What wx.getSetting and wx.openSetting give. */
export interface SettingResult extends WxResult {
  /** Only scopes that were asked for: true granted, false refused, absent never asked. */
  readonly authSetting: Readonly<Record<string, boolean>>
  /** With `withSubscriptions`, from base library 2.10.1: nobody was asked for a message, so there is the main switch alone. */
  readonly subscriptionsSetting?: { readonly mainSwitch: boolean }
}

/** What the person changes on the settings page: the switches to be set, or somebody who is asked. Only scopes that were asked for are there. */
export type SettingsVisit = Readonly<Record<string, boolean>> | ((authSetting: Readonly<Record<string, boolean>>) => Readonly<Record<string, boolean>> | Promise<Readonly<Record<string, boolean>>>)

/** Scopes and settings. */
export interface SettingApis {
  /** Asks for a scope without using it. */
  authorize: WxCall<{ scope: string }, WxResult>
  getSetting: WxCall<{ withSubscriptions?: boolean | undefined }, SettingResult>
  /** In a tap, since base library 2.3.0. */
  openSetting: WxCall<{ withSubscriptions?: boolean | undefined }, SettingResult>
}

/** WeChat asks for these. */
const ASKED = ['userInfo', 'userLocation', 'userFuzzyLocation', 'record', 'camera', 'bluetooth', 'writePhotosAlbum', 'addPhoneContact', 'addPhoneCalendar', 'werun']
/** These were given up: whoever asks has them. */
const CANCELLED = ['address', 'invoice', 'invoiceTitle']

/** authorize, getSetting and openSetting of one device. */
export function createSetting(device: DeviceContext): SettingApis {
  const { caller } = device
  return {
    authorize: ((options) => caller.call<object>('authorize', options, (settle) => {
      authorize(options?.scope, device, settle)
      return undefined
    })) as SettingApis['authorize'],
    getSetting: ((options) => caller.call<Omit<SettingResult, 'errMsg'>>('getSetting', options, (settle) => {
      settle.ok(settingOf(device, options?.withSubscriptions))
      return undefined
    })) as SettingApis['getSetting'],
    openSetting: ((options) => caller.call<Omit<SettingResult, 'errMsg'>>('openSetting', options, (settle) => {
      openSetting(device, options?.withSubscriptions, settle)
      return undefined
    })) as SettingApis['openSetting'],
  }
}

function authorize(scope: unknown, device: DeviceContext, settle: Settle<object>): void {
  const { authSetting } = device.memory
  const name = typeof scope === 'string' && scope.startsWith('scope.') ? scope.slice('scope.'.length) : ''
  if (typeof scope !== 'string' || ![...ASKED, ...CANCELLED].includes(name)) return settle.fail('invalid scope')
  // Since 2021-04-28 nobody is asked for scope.userInfo any more.
  if (CANCELLED.includes(name) || (name === 'userInfo' && device.era !== '2018')) authSetting[scope] = true
  if (authSetting[scope] === true) return settle.ok({})
  if (authSetting[scope] === false || (name === 'userInfo' && device.envVersion !== 'release')) return settle.fail('auth deny')
  device.ask({ api: 'authorize', scope }, (answer) => {
    if (answer !== undefined) authSetting[scope] = answer === 'allow'
    if (answer === 'allow') settle.ok({})
    else settle.fail('auth deny')
  })
}

function openSetting(device: DeviceContext, withSubscriptions: boolean | undefined, settle: Settle<Omit<SettingResult, 'errMsg'>>): void {
  if (atLeast(device.baseLibrary, '2.3.0') && !device.inTap()) return settle.fail('can only be invoked by user TAP gesture.')
  device.visitSettings({ ...device.memory.authSetting }, (changes) => {
    for (const [scope, granted] of Object.entries(changes)) {
      const known = Object.hasOwn(device.memory.authSetting, scope)
      if (known && !CANCELLED.includes(scope.slice('scope.'.length))) device.memory.authSetting[scope] = granted
    }
    settle.ok(settingOf(device, withSubscriptions))
  })
}

function settingOf(device: DeviceContext, withSubscriptions = false): Omit<SettingResult, 'errMsg'> {
  const told = withSubscriptions && atLeast(device.baseLibrary, '2.10.1')
  return { authSetting: authSettingOf(device), ...told && { subscriptionsSetting: { mainSwitch: true } } }
}

function authSettingOf({ memory, era }: DeviceContext): Record<string, boolean> {
  // Since 2021-04-28 scope.userInfo shows as granted, without having been asked for.
  return { ...memory.authSetting, ...era !== '2018' && { 'scope.userInfo': true } }
}
