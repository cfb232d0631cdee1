import { API_NAMES } from './api-names.js'
import { createAppInfo } from './app-info.js'
import type { AppInfoApis } from './app-info.js'
import { atLeast } from './base-library.js'
import type { BackgroundFetchApis } from './background-fetch.js'
import type { WxCallbacks, WxResult } from './callback.js'
import { createCanIUse } from './can-i-use.js'
import type { CanIUseApis } from './can-i-use.js'
import { createCloud } from './cloud.js'
import type { CloudApis } from './cloud.js'
import { createConnectSocket } from './connect-socket.js'
import type { ConnectSocketApis } from './connect-socket.js'
import type { DeviceContext } from './device-context.js'
import { createDownloadFile } from './download-file.js'
import type { DownloadFileApis } from './download-file.js'
import { createNetworkApis } from './network.js'
import type { NetworkApis } from './network.js'
import { NOT_EMULATED, notEmulatedObject } from './not-emulated.js'
import { createLogin } from './login.js'
import type { LoginApis } from './login.js'
import type { PrivacyApis } from './privacy.js'
import { createProfile } from './profile.js'
import type { ProfileApis } from './profile.js'
import { createRequest } from './request.js'
import type { RequestApis } from './request.js'
import { createSetting } from './setting.js'
import type { SettingApis } from './setting.js'
import { createStorage } from './storage.js'
import type { StorageApis } from './storage.js'
import { createUploadFile } from './upload-file.js'
import type { UploadFileApis } from './upload-file.js'
import type { VisibilityApis } from './visibility.js'

/**
 * The emulated part of WeChat's `wx`. Functions that the era or base library does not have are undefined;
 * those that WeChat has and the emulator does not fail with `<api>:fail not emulated by @tongxing/emulator`.
 */
export interface Wx extends LoginApis, RequestApis, UploadFileApis, DownloadFileApis, ConnectSocketApis, StorageApis, ProfileApis, SettingApis, AppInfoApis, CanIUseApis, NetworkApis, PrivacyApis, VisibilityApis, BackgroundFetchApis {
  readonly env: WxEnv
  /** With `containers` of openDevice, from base library 2.13.1. */
  readonly cloud?: CloudApis
}

/** What `wx.env` tells. */
export interface WxEnv {
  /** The folder of the mini program's own files. */
  readonly USER_DATA_PATH: string
}

/** Objects of WeChat's `wx` that are not emulated, with the base library that brought each. */
export const NOT_EMULATED_OBJECTS: Readonly<Record<string, string>> = { router: '2.29.2', worklet: '2.29.2' }

/** The `wx` of one device. */
export function createWx(device: DeviceContext, backgroundFetch: BackgroundFetchApis): Wx {
  const emulated: Partial<Wx> = {
    ...createLogin(device), ...createRequest(device), ...createUploadFile(device), ...createDownloadFile(device), ...createConnectSocket(device), ...createStorage(device), ...createProfile(device),
    ...createSetting(device), ...createAppInfo(device), ...createCanIUse(device), ...createNetworkApis(device), ...device.privacy.apis, ...device.visibility.apis, ...backgroundFetch,
  }
  const all: Record<string, unknown> = { env: { USER_DATA_PATH: 'wxfile://usr' } }
  for (const [name, { since, takesCallbacks }] of API_NAMES) {
    if (since !== undefined && !atLeast(device.baseLibrary, since)) continue
    if (Object.hasOwn(emulated, name)) all[name] = emulated[name as keyof Wx]
    // An era without getUserProfile really has none.
    else if (name !== 'getUserProfile') all[name] = notEmulated(name, takesCallbacks, device)
  }
  for (const [name, since] of Object.entries(NOT_EMULATED_OBJECTS)) {
    if (atLeast(device.baseLibrary, since)) all[name] = notEmulatedObject(name)
  }
  if (device.containers !== undefined && atLeast(device.baseLibrary, '2.13.1')) all['cloud'] = createCloud(device, device.containers)
  return all as unknown as Wx
}

function notEmulated(api: string, takesCallbacks: boolean, { caller }: DeviceContext) {
  if (!takesCallbacks) return () => { throw new Error(`${api}:fail ${NOT_EMULATED}`) }
  return (options?: WxCallbacks<WxResult>) => caller.call(api, options, (settle) => {
    settle.fail(NOT_EMULATED)
    return undefined
  })
}
