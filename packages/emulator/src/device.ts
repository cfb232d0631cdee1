import type { FaultRule } from './fault-rule.js'
import type { PhoneUser } from './state.js'
import type { Wechat } from './wechat.js'
import { createAsk } from './wx/ask.js'
import type { Answerer } from './wx/ask.js'
import { createBackgroundFetch } from './wx/background-fetch.js'
import type { Prefetch } from './wx/background-fetch.js'
import { atLeast } from './wx/base-library.js'
import { createCaller } from './wx/callback.js'
import type { DeviceCall } from './wx/callback.js'
import type { DeviceContext, DomainLists, Era, NetworkTimeout, PhoneMemory, StorageMap } from './wx/device-context.js'
import { createDeviceFaults } from './wx/device-faults.js'
import type { DeviceFaultRule, Hold } from './wx/device-faults.js'
import { createNetwork } from './wx/network.js'
import type { NetworkCondition } from './wx/network.js'
import { API_NAMES } from './wx/api-names.js'
import { createButtons } from './wx/buttons.js'
import type { TapButton } from './wx/buttons.js'
import type { FileMap } from './wx/files.js'
import { keepTemporaryFile } from './wx/files.js'
import { createPrivacy } from './wx/privacy.js'
import type { PrivacyRefusal } from './wx/privacy.js'
import { asSocketDomains } from './wx/request-address.js'
import type { SettingsVisit } from './wx/setting.js'
import { createSettingsVisit } from './wx/settings-visit.js'
import { createSlots } from './wx/slots.js'
import { createVisibility } from './wx/visibility.js'
import type { ShowOptions } from './wx/visibility.js'
import { createWx, NOT_EMULATED_OBJECTS } from './wx/wx.js'
import type { Wx } from './wx/wx.js'

/** A phone with one mini program open. */
export interface DeviceOptions {
  appid: string
  /** Id of the person whose phone it is. */
  person: string
  /** Which phone of the person: 1 to 64 letters, digits, `-` or `_`; each has a storage of its own. Default: `main`. */
  device?: string
  /** When the running app version was published. Default: `today`. */
  era?: Era
  /** Default: one of the era's time (2.4.0, 2.16.1, 2.27.1, 3.17.0). */
  baseLibrary?: string
  /** Default: `release`. */
  envVersion?: 'develop' | 'trial' | 'release'
  /** Request domains and where they really are: `{'https://api.demo.test': 'http://127.0.0.1:3000'}`. Default: none; unlisted ones are refused. */
  domains?: Record<string, string>
  /** As `domains`, for uploadFile. Default: `domains`. */
  uploadDomains?: Record<string, string>
  /** As `domains`, for downloadFile. Default: `domains`. */
  downloadDomains?: Record<string, string>
  /** As `domains`, for connectSocket: `{'wss://api.demo.test': 'ws://127.0.0.1:3000'}`. Default: `domains`, https read as wss. */
  socketDomains?: Record<string, string>
  /** Services of WeChat Cloud Hosting, and where they really are: `{'prod-1/auth': 'http://127.0.0.1:3000'}`. Default: none, and no `wx.cloud`. */
  containers?: Record<string, string>
  /** `networkTimeout` of app.json, in ms. Default: 60 000 each. */
  networkTimeout?: NetworkTimeout
  /** False lets unlisted domains pass, as DevTools can. Default: true. */
  checkDomains?: boolean
  /** What the person answers to popups: always the same, by scope or api (`{'scope.record': 'deny'}`), or a function that is asked each time. Default: `allow`. */
  answer?: Answerer
  /** What the person changes on the settings page that wx.openSetting opens: `{'scope.record': true}`, or a function that is asked. Default: nothing. */
  settings?: SettingsVisit
  /** Default: one per person, phone and app, kept by the emulator. */
  storage?: StorageMap
  /** Default: those of person, phone and app, kept by the emulator. */
  files?: FileMap
  /** Whether getUserProfile, where it is retired, still asks before it gives the placeholder. Default: false. */
  retiredProfilePopup?: boolean
}

/** `callbacks`: success, fail and complete; `promise`: those, or a promise when none is passed; `task`: those, and a task at once; `listener`: takes a listener, or takes it off; `direct`: answers or throws at once. */
export type CallStyle = 'callbacks' | 'promise' | 'task' | 'listener' | 'direct'

/** A phone with one mini program open. */
export interface Device {
  readonly appid: string
  /** Id of the person. */
  readonly person: string
  /** Which phone of the person. */
  readonly device: string
  readonly wx: Wx
  readonly era: Era
  readonly baseLibrary: string
  /** The functions of `wx` on this device and how each is called. */
  readonly functions: Readonly<Record<string, CallStyle>>
  /** The objects of `wx` on this device that throw as a member is read: they are not emulated. */
  readonly notEmulated: readonly string[]
  /** What the person answers to popups from now on. */
  answer: Answerer
  /** What the person changes on the settings page from now on. */
  settings: SettingsVisit
  /** What the mini program stored, as text. */
  readonly storage: StorageMap
  /** The mini program's files by path. */
  readonly files: FileMap
  /** Puts a picture or other file on the phone, as the person's choice would; returns its temporary path. */
  keepFile(bytes: Uint8Array, type?: string): string
  /** Not null: each write to the storage fails with this text (`Failed To Send Sync`); Sync functions throw. */
  storageFault: string | null
  /** The network of the phone; may be changed. Default: `good`. */
  network: NetworkCondition
  /** Request domains; may be changed. */
  readonly domains: Record<string, string>
  /** Scopes that the person was asked for, and the answers; may be changed. */
  readonly authSetting: Record<string, boolean>
  /** Whether era and base library have the privacy agreement: otherwise nothing is asked. */
  readonly asksPrivacy: boolean
  /** Whether the person agreed to all that the privacy agreement declares; may be changed. */
  privacyAgreed: boolean
  /** Calls of `wx` functions so far, in order. */
  readonly calls: readonly DeviceCall[]
  /** Runs `handler` as the handler of a tap. The gesture holds only until it returns: not after an `await`. */
  tap<T>(handler: () => T): T
  /** Taps `<button open-type="…">`; resolves to the event's `detail`, undefined when there is no event. */
  tapButton: TapButton
  /** Before what only the host can show, such as the avatar picker (`button.chooseAvatar`): resolves to why the privacy agreement forbids it, undefined when it may be shown. */
  passPrivacy(referrer: string): Promise<PrivacyRefusal | undefined>
  /** A fault of this device alone: of a `wx` function, or the storage. Returns the undo. Throws TypeError when the rule makes no sense. */
  fault(rule: FaultRule | DeviceFaultRule): () => void
  /** Keeps the answers of a `wx` function back until they are released. */
  hold(api: string): Hold
  /** The person leaves the mini program: `wx.onAppHide`; requests, uploads and downloads still running 5 s later fail (`request:fail interrupted`), and so do new ones. */
  background(): void
  /** The person comes back: `wx.onAppShow` with `options` (default: path '', scene 1001). */
  foreground(options?: Partial<ShowOptions>): void
  /**
   * WeChat fetches data of the mini program ahead (数据预拉取, 周期性更新), as before it is opened: the back end gets appid, timestamp, and either the mini
   * program's own token or a code, which may replace the session_key. wx.getBackgroundFetchData has the answer then.
   */
  prefetch: Prefetch
  /** Ends this app lifecycle and starts the next: same phone, same storage, no callbacks of the old one, no faults. */
  relaunch(): Device
  /** Deletes the mini program from the phone: its storage, the answers to popups and the last code are gone, and it ends. */
  erase(): void
  /** Ends the mini program: nothing calls back any more. */
  close(): void
}

/** The phone that everybody has. */
export const MAIN_DEVICE = 'main'

const BASE_LIBRARIES: Readonly<Record<Era, string>> = { 2018: '2.4.0', '2021-04': '2.16.1', '2022-11': '2.27.1', today: '3.17.0' }

/** The phone that a device runs on. */
export interface Phone {
  readonly agents: DeviceContext['agents']
  readonly memory: PhoneMemory
  /** Called once when the emulator ends. */
  readonly ends: Set<() => void>
  /** True once the emulator is closed: nothing calls back any more. */
  isOff(): boolean
}

/** Throws TypeError on an unknown app or person, a malformed base library, or WeChat's own domain in `domains`. */
export function openDevice(options: DeviceOptions, wechat: Wechat, phone: Phone): Device {
  checkOptions(options, wechat)
  const { appid, person, device: name = MAIN_DEVICE, era = 'today' } = options
  const { agents, memory } = phone
  const user: PhoneUser = { appid, person, ...name !== MAIN_DEVICE && { device: name } }
  const baseLibrary = options.baseLibrary ?? BASE_LIBRARIES[era]
  const calls: DeviceCall[] = []
  const isOver = (): boolean => closed || phone.isOff()
  const network = createNetwork(wechat.random, isOver)
  const faults = createDeviceFaults(wechat.faults, network, user, wechat.random)
  const visibility = createVisibility(wechat.clock, baseLibrary, isOver)
  const domains = { ...options.domains }
  const ends = new Set<() => void>()
  let closed = false
  let tapping = false
  const end = (): void => {
    closed = true
    for (const fn of [...ends]) fn()
  }

  const tap = <Result>(handler: () => Result): Result => {
    tapping = true
    try {
      return handler()
    } finally {
      tapping = false
    }
  }
  const caller = createCaller({ baseLibrary, clock: wechat.clock, traffic: wechat.traffic, user, calls, faults, visibility, isClosed: isOver, note: (api) => wechat.frequencies.note(user, api) })
  const ask = createAsk(wechat, user, () => device.answer)
  const privacy = createPrivacy({ wechat, user, era, baseLibrary, memory: memory.privacy, caller, ask })
  const context: DeviceContext = {
    wechat, user, era, baseLibrary, memory, agents, caller, ask, privacy,
    domains: listsOf(options, domains),
    networkTimeout: options.networkTimeout ?? {},
    slots: createSlots(MOST_CALLS),
    envVersion: options.envVersion ?? 'release',
    checkDomains: options.checkDomains ?? true,
    containers: options.containers,
    retiredProfilePopup: options.retiredProfilePopup ?? false,
    network, visibility,
    inTap: () => tapping,
    runInTap: tap,
    visitSettings: createSettingsVisit(wechat.traffic, user, () => device.settings),
    storageFault: () => device.storageFault ?? faults.take('storage')?.errMsg ?? null,
    onEnd: (fn) => {
      for (const set of [ends, phone.ends]) set.add(fn)
      return () => { for (const set of [ends, phone.ends]) set.delete(fn) }
    },
  }
  const backgroundFetch = createBackgroundFetch(context)
  const wx = createWx(context, backgroundFetch.apis)
  const device: Device = {
    appid, person, device: name, era, baseLibrary, domains, calls, wx, tap,
    tapButton: createButtons(context, wx),
    passPrivacy: (referrer) => new Promise((resolve) => { privacy.pass(referrer, resolve) }),
    get notEmulated() { return Object.keys(NOT_EMULATED_OBJECTS).filter((name) => Object.hasOwn(device.wx, name)) },
    get functions() { return functionsOf(device.wx, baseLibrary) },
    storage: memory.storage,
    files: memory.files,
    keepFile: (bytes, type = 'image/png') => keepTemporaryFile(memory.files, { type, bytes: Buffer.from(bytes) }, wechat.random),
    authSetting: memory.authSetting,
    asksPrivacy: privacy.isAsked,
    get privacyAgreed() { return privacy.agreed },
    set privacyAgreed(agreed) { privacy.agreed = agreed },
    answer: options.answer ?? 'allow',
    settings: options.settings ?? {},
    storageFault: null,
    get network() { return network.condition },
    set network(condition) { network.condition = condition },
    fault: (rule) => faults.add(rule),
    hold: (api) => faults.hold(api),
    background: visibility.background,
    foreground: visibility.foreground,
    prefetch: backgroundFetch.prefetch,
    relaunch() {
      end()
      const next = openDevice({ ...options, domains, answer: device.answer, settings: device.settings }, wechat, phone)
      next.network = network.condition
      return next
    },
    erase() {
      end()
      for (const map of [memory.storage, memory.files]) for (const key of [...map.keys()]) map.delete(key)
      for (const scope of Object.keys(memory.authSetting)) delete memory.authSetting[scope]
      memory.session.lastCode = undefined
      memory.backgroundFetch.token = undefined
      memory.backgroundFetch.data.clear()
      memory.privacy.agreed.clear()
      memory.privacy.refusedAt = undefined
    },
    close: end,
  }
  return device
}

/** Network calls at once: request, uploadFile and downloadFile together. */
const MOST_CALLS = 10

function listsOf({ uploadDomains, downloadDomains, socketDomains }: DeviceOptions, request: Record<string, string>): DomainLists {
  return { request, upload: uploadDomains ?? request, download: downloadDomains ?? request, socket: () => socketDomains ?? asSocketDomains(request) }
}

/** Functions that return a task, never a promise. */
const TASKS = new Set(['request', 'uploadFile', 'downloadFile', 'connectSocket'])
/** Functions with callbacks that never return a promise. */
const NO_PROMISE = new Set(['getPrivacySetting', 'requirePrivacyAuthorize', 'openPrivacyContract'])
/** Functions that take a listener, and those that take it off. */
const LISTENERS = new Set(['onNetworkStatusChange', 'offNetworkStatusChange', 'onNeedPrivacyAuthorization', 'onAppHide', 'offAppHide', 'onAppShow', 'offAppShow',
  'onSocketOpen', 'onSocketMessage', 'onSocketError', 'onSocketClose', 'onBackgroundFetchData'])

function functionsOf(wx: Wx, baseLibrary: string): Device['functions'] {
  const styleOf = (name: string): CallStyle => {
    if (LISTENERS.has(name)) return 'listener'
    if (API_NAMES.get(name)?.takesCallbacks !== true) return 'direct'
    if (TASKS.has(name)) return 'task'
    return atLeast(baseLibrary, '2.10.2') && !NO_PROMISE.has(name) ? 'promise' : 'callbacks'
  }
  return Object.fromEntries(Object.entries(wx).flatMap(([name, member]) => typeof member === 'function' ? [[name, styleOf(name)]] : []))
}

function checkOptions({ appid, person, device = 'main', domains = {}, era = 'today', baseLibrary }: DeviceOptions, { state }: Wechat): void {
  state.resolve({ appid, person })
  const problems: string[] = []
  if (!Object.hasOwn(BASE_LIBRARIES, era)) problems.push(`"era" must be one of ${Object.keys(BASE_LIBRARIES).join(', ')}`)
  if (!/^[\w-]{1,64}$/.test(device)) problems.push('"device" must be 1 to 64 letters, digits, "-" or "_"')
  if (baseLibrary !== undefined && !/^\d+\.\d+\.\d+$/.test(baseLibrary)) problems.push('"baseLibrary" must look like 2.27.1')
  if (Object.keys(domains).some((domain) => /\/\/api\.weixin\.qq\.com/i.test(domain))) problems.push('"domains" must not list api.weixin.qq.com; WeChat forbids it, only a server may call it')
  if (problems.length > 0) throw new TypeError(`device: ${problems.join('; ')}`)
}
