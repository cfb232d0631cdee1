import { atLeast } from './base-library.js'
import type { DeviceContext } from './device-context.js'

/** What wx.getAccountInfoSync gives. */
export interface AccountInfo {
  readonly miniProgram: {
    readonly appId: string
    /** From base library 2.10.0. */
    readonly envVersion?: 'develop' | 'trial' | 'release'
    /** From base library 2.10.2; '' unless released. */
    readonly version?: string
  }
}

/** What wx.getAppBaseInfo gives. */
export interface AppBaseInfo {
  /** Version of the base library. */
  readonly SDKVersion: string
  /** Version of WeChat. */
  readonly version: string
  readonly language: string
  readonly enableDebug: boolean
  readonly theme: 'light' | 'dark'
}

/** What wx.getSystemInfoSync gives: the emulated part. */
export interface SystemInfo extends AppBaseInfo {
  readonly brand: string
  readonly model: string
  readonly platform: string
  readonly system: string
  readonly pixelRatio: number
  readonly screenWidth: number
  readonly screenHeight: number
  readonly windowWidth: number
  readonly windowHeight: number
}

/** Facts about app and phone. */
export interface AppInfoApis {
  getAccountInfoSync(): AccountInfo
  getAppBaseInfo(): AppBaseInfo
  getSystemInfoSync(): SystemInfo
}

const PHONE = {
  brand: 'tongxing', model: 'emulator', platform: 'android', system: 'Android 14',
  pixelRatio: 2, screenWidth: 375, screenHeight: 812, windowWidth: 375, windowHeight: 728,
}

/** The info functions of one device. */
export function createAppInfo({ caller, user, envVersion, baseLibrary }: DeviceContext): AppInfoApis {
  const app: AppBaseInfo = { SDKVersion: baseLibrary, version: '8.0.54', language: 'zh_CN', enableDebug: false, theme: 'light' }
  return {
    getAccountInfoSync: () => caller.callSync('getAccountInfoSync', () => ({
      miniProgram: {
        appId: user.appid,
        ...atLeast(baseLibrary, '2.10.0') && { envVersion },
        ...atLeast(baseLibrary, '2.10.2') && { version: envVersion === 'release' ? '1.0.0' : '' },
      },
    })),
    getAppBaseInfo: () => caller.callSync('getAppBaseInfo', () => ({ ...app })),
    getSystemInfoSync: () => caller.callSync('getSystemInfoSync', () => ({ ...app, ...PHONE })),
  }
}
