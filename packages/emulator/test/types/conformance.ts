// Compiled by ../../src/wx/typings.test.ts: `wx` of the emulator beside what miniprogram-api-typings say of it.
import type { Wx } from '../../src/wx/wx.js'

type Official = WechatMiniprogram.Wx
type Ours = Required<Wx>
type Name = Exclude<keyof Ours, 'cloud'>

type Settled = 'success' | 'fail' | 'complete'

/** What a function takes first; of an overloaded one the overload with callbacks, which stands last. */
type Taken<F> = F extends (first: infer First, ...rest: never[]) => unknown ? NonNullable<First> : never
/** What `success` is given. */
type Given<Options> = Options extends { success?: infer S } ? NonNullable<S> extends (result: infer R) => void ? R : never : never
/** What a listener is told. */
type Told<F> = Taken<F> extends (...told: infer T) => void ? T : never

type Unless<Fits, Difference> = [Fits] extends [true] ? never : Difference
type FitsInto<A, B> = [A] extends [B] ? true : false

/** A program written by the typings may pass all that they let it pass, and finds all that they promise. */
type CallDifference<K extends Name> =
  | Unless<FitsInto<Omit<Taken<Official[K]>, Settled>, Omit<Taken<Ours[K]>, Settled>>, `${K}: options`>
  | Unless<FitsInto<Given<Taken<Ours[K]>>, Given<Taken<Official[K]>>>, `${K}: result`>

type TaskName = 'request' | 'uploadFile' | 'downloadFile' | 'connectSocket'
type Task<F> = F extends (...values: infer P) => infer R ? [P, R] extends [unknown[], infer T] ? T : never : never
type TaskMembers<K extends TaskName> = { [M in keyof Task<Official[K]>]: M extends keyof Task<Ours[K]> ? MemberDifference<K, M & string, Task<Ours[K]>[M], Task<Official[K]>[M]> : `${K}: task has no ${M & string}` }[keyof Task<Official[K]>]
type MemberDifference<K extends string, M extends string, Mine, Theirs> =
  M extends `${'on' | 'off'}${Capitalize<string>}` ? Unless<FitsInto<Told<Mine>, Told<Theirs>>, `${K}: task.${M}`> : Unless<FitsInto<Taken<Theirs>, Taken<Mine>>, `${K}: task.${M}`>

type DifferenceOf<K extends Name> =
  K extends `${'on' | 'off'}${Capitalize<string>}` ? Unless<FitsInto<Told<Ours[K]>, Told<Official[K]>>, `${K}: event`>
    : K extends TaskName ? CallDifference<K> | TaskMembers<K>
      : 'success' extends keyof Taken<Official[K]> ? CallDifference<K>
        : Unless<FitsInto<Ours[K], Official[K]>, K>

type Difference = { [K in Name]: DifferenceOf<K> }[Name]

const NO_MEASURES = 'no profile (times of the transfer), exception or useHttpDNS: nothing here measures a real network'
const OFF = 'the typings give the listener of off… a general result, and that of on… the right one'

/** What differs, and why. A difference that is missing here does not compile, and neither does one that is none any more. */
export const DIFFERENCES = {
  'getStorageSync': 'the typings say any, which a program may not rely on: unknown',
  'getAccountInfoSync': 'members by base library, so envVersion and version may be missing; plugin only for plugins, which are not emulated',
  'getAppBaseInfo': 'no host, font sizes or PC kernel: no public source gives values that a program could rely on',
  'getSystemInfoSync': 'as getAppBaseInfo, and no permissions or safe area of a real phone',
  'request: result': NO_MEASURES,
  'uploadFile: result': NO_MEASURES,
  'downloadFile: result': `${NO_MEASURES}; either filePath or tempFilePath is there, where the typings say both`,
  'connectSocket: task.onOpen': NO_MEASURES,
  'getUserProfile: result': 'no cloudID: only apps with cloud development have it, which is not emulated',
  'getUserInfo: result': 'as getUserProfile; and the encrypted part is there with withCredentials alone, where the typings say always',
  'getSetting: result': 'subscriptionsSetting is there with withSubscriptions alone, where the typings say always',
  'openSetting: result': 'as getSetting',
  'getNetworkType: result': 'no signalStrength and hasSystemProxy of a real phone',
  'onNeedPrivacyAuthorization: event': 'the typings know one argument; WeChat passes two, resolve and eventInfo',
  'onAppShow: event': 'referrerInfo is {} unless another app opened it, as the docs say, where the typings want appId and extraData',
  'offNetworkStatusChange: event': OFF,
  'offAppHide: event': OFF,
  'offAppShow: event': OFF,
} satisfies Record<Difference, string>

// The list itself is held to: leaving one out is found, and so is one too many.
// @ts-expect-error -- none of the differences has a reason
export const TOO_FEW = {} satisfies Record<Difference, string>
// @ts-expect-error -- wx.login does not differ
export const TOO_MANY = { ...DIFFERENCES, 'login: result': 'there is none' } satisfies Record<Difference, string>
