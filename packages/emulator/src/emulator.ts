import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'
import { createTimekeeper } from './clock.js'
import type { Clock, MovableClock, Timekeeper } from './clock.js'
import { DEFAULT_CONTENT_RULES } from './content-rules.js'
import type { ContentRule } from './content-rules.js'
import type { Device, DeviceOptions } from './device.js'
import type { EncryptedMsgHash } from './encrypted-messages.js'
import { createFaults } from './faults.js'
import type { FaultRule, PathFaultRule } from './fault-rule.js'
import type { ActiveFaults } from './faults.js'
import { createMemories } from './memories.js'
import type { SignedProfile } from './profile-data.js'
import { createMounts } from './mounts.js'
import type { MountedHandler, Mounts } from './mounts.js'
import { createPhones } from './phones.js'
import { makePhoneData } from './phone-data.js'
import type { PhoneData } from './phone-data.js'
import type { Payment, PaymentOptions } from './payments.js'
import type { PluginUser } from './plugin-codes.js'
import type { PushEvent } from './push/event.js'
import { createPush } from './push/push.js'
import type { PushReport, PushUrlReport } from './push/push.js'
import { createRandom } from './random.js'
import type { Random } from './random.js'
import { createListener } from './server.js'
import { createStateFile, loadState, readState } from './state-file.js'
import { createState } from './state.js'
import type { AppOptions, EmulatedApp } from './app.js'
import type { Person, PersonChanges, PersonOptions } from './person.js'
import type { AppUser, SavedState, State } from './state.js'
import type { Component, ComponentOptions } from './third-party.js'
import { makeTlsIdentity } from './tls/authority.js'
import type { TlsIdentity } from './tls/authority.js'
import { createTraffic } from './traffic.js'
import type { Traffic } from './traffic.js'
import { makeProfile } from './wechat.js'
import type { Wechat } from './wechat.js'
import type { Corp, CorpOptions, CorpUser } from './work.js'

/** How the emulator starts. */
export interface EmulatorOptions {
  /** Default: `127.0.0.1`. */
  host?: string
  /** Default: 0, any free port. */
  port?: number
  /** Default: the system's clock, with an offset so that it can be moved. */
  clock?: Clock
  /** Mini programs. Default: one demo app. */
  apps?: AppOptions[]
  /** WeChat users. Default: one demo person, 小明. */
  people?: PersonOptions[]
  /**
   * File that keeps apps, people, openids and unionids over restarts: read at the start if it exists, written after changes and at the end.
   * What it holds comes before `apps` and `people`; of those, only entries with an appid or id that it does not hold are added.
   */
  stateFile?: string
  /** Success of jscode2session says `errcode: 0` too, as the sample in WeChat's docs does. Default: false, as observed. */
  errcodeZero?: boolean
  /** `/sns/*` writes errcodes as texts (`"40029"`), as an old sample of the third-party platform does. Default: false. */
  errcodeAsText?: boolean
  /** jscode2session calls that one person gets per minute before 45011. Default: 100. */
  minuteQuota?: number
  /** What msg_sec_check and media_check_async find, besides nothing. Default: markers such as `emulated-risky`, see DEPARTURES.md. */
  contentRules?: readonly ContentRule[]
  /** Over what `encrypted_msg_hash` of checkencryptedmsg is taken; WeChat does not tell. Default: `either`. */
  encryptedMsgHash?: EncryptedMsgHash
  /** ms by the emulator's clock between media_check_async and its event. Default: 1000. */
  mediaCheckMs?: number
  /** Speak https too, on a port of its own, with a certificate for `api.weixin.qq.com`, `qyapi.weixin.qq.com` and loopback. Default: false. */
  tls?: boolean | TlsOptions
  /** The same seed gives the same ids, codes and keys. Default: random ones. */
  seed?: string
}

/** How the emulator speaks https. */
export interface TlsOptions {
  /** Default: 0, any free port. */
  port?: number
  /** Directory that keeps the certificate authority, so that it is trusted once. Default: none; a new one with each start. */
  directory?: string
}

/** Where the emulator speaks https, and what its clients must trust. */
export interface TlsFacts extends Pick<TlsIdentity, 'ca' | 'caFile'> {
  /** `https://127.0.0.1:7443`, without a slash at the end. */
  readonly url: string
}

/** A running local WeChat. */
export interface Emulator {
  /** `http://127.0.0.1:7070`, without a slash at the end: what a server takes for `https://api.weixin.qq.com`. */
  readonly url: string
  /** With the option `tls`. */
  readonly tls: TlsFacts | undefined
  readonly clock: MovableClock
  readonly apps: readonly EmulatedApp[]
  readonly people: readonly Person[]
  /** Throws TypeError when the appid is not `wxemu` + 13 hex digits, or taken. */
  addApp(options?: AppOptions): EmulatedApp
  /** A third-party platform (component). Throws TypeError when the appid is not `wxemu` + 13 hex digits, or taken. */
  addComponent(options?: ComponentOptions): Component
  /** A component_access_token of it. Throws TypeError on an unknown platform. */
  issueComponentToken(appid: string): string
  /** A company of WeChat Work. Throws TypeError when the corpid is not `wwemu` + 13 hex digits, or taken. */
  addCorp(options?: CorpOptions): Corp
  /** A code, as wx.qy.login hands it out. Throws TypeError on an unknown company or person. */
  issueWorkCode(user: CorpUser): string
  /** Throws TypeError when the id is malformed or taken. */
  addPerson(options?: PersonOptions): Person
  /** Changes what a person is called and looks like. Throws TypeError on an unknown person. */
  changePerson(id: string, changes: PersonChanges): Person
  /** A code, as wx.login hands it out. Throws TypeError on an unknown app or person. */
  issueCode(user: AppUser): string
  /** A code, as the event of the phone button hands it out. Throws TypeError on an unknown app or person. */
  issuePhoneCode(user: AppUser): string
  /** A code, as wx.pluginLogin hands it out to a plugin (`plugin` is its appid). Throws TypeError on an unknown app, plugin or person. */
  issuePluginCode(user: PluginUser): string
  /** That user has paid: getpaidunionid answers for five minutes. Throws TypeError on an unknown app or person. */
  pay(options: PaymentOptions): Payment
  /** What getUserProfile would hand out with real data, encrypted with the live session_key. Throws TypeError on an unknown app or person. */
  profileOf(user: AppUser): SignedProfile
  /** What the event of the phone button hands out: code, and the number encrypted with the live session_key. Throws TypeError on an unknown app or person. */
  phoneDataOf(user: AppUser): PhoneData
  /**
   * WeChat tells the app's back end of an event, as its `push` says. Resolves when the back end has answered, or has not answered three times.
   * Rejects with a TypeError when the app has no `push`, or the event makes no sense.
   */
  push(event: PushEvent): Promise<PushReport>
  /** The console's look at the address of `push`: a GET that must answer `echostr`. Rejects with a TypeError when the app has no `push`. */
  checkPushUrl(appid: string): Promise<PushUrlReport>
  /** WeChat's session_key of that user is dead from now on. Throws TypeError on an unknown app or person. */
  expireSession(user: AppUser): void
  /** A phone with one mini program open. Throws TypeError when an option makes no sense. */
  openDevice(options: DeviceOptions): Device
  /** Makes the next call (or `times` calls) of a server API or of a `wx` function go wrong. Returns the undo. Throws TypeError when the rule makes no sense. */
  fault(rule: FaultRule | PathFaultRule): () => void
  /** The faults in force, and how often each hit. */
  readonly faults: ActiveFaults
  readonly traffic: Traffic
  /** Serves more on the emulator's own port, as the simulator does. Returns the undo. Throws TypeError on a prefix that is taken or malformed. */
  mount(prefix: string, handler: MountedHandler): () => void
  /** Apps, people and their ids as they are now: plain data, with AppSecrets. What `stateFile` keeps. */
  saveState(): SavedState
  /** Starts over with those apps, people and ids; the rest is as after `reset()`. Throws TypeError, and changes nothing, when it is not a state or lacks something. */
  loadState(state: SavedState): void
  /**
   * Starts over: apps, people and ids as they were at the start. Codes, keys, tokens, counts, platforms, companies, storages, faults and traffic are gone,
   * and the devices of before have ended. The clock and what is mounted stay, and `seed` is not rewound: no code or key of before comes again.
   */
  reset(): void
  /** Calls `fn` each time the emulator has started over (reset, loadState, and both over the control API). Returns the undo. */
  onStartOver(fn: () => void): () => void
  /** Writes the state file, ends all connections and devices. */
  close(): Promise<void>
}

const DEMO_APP: AppOptions = { appid: 'wxemu0123456789abc', name: '通行演示' }
const DEMO_PERSON: PersonOptions = { id: 'xiaoming', nickName: '小明' }

/**
 * Starts a local WeChat. Rejects with an Error when NODE_ENV is `production`, the port is taken or the state file is not ours,
 * and with a TypeError when an AppID is not `wxemu` + 13 hex digits.
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  if (process.env['NODE_ENV'] === 'production') throw new Error('the emulator does not start with NODE_ENV=production: it would let anybody log in as anybody')
  const { host = '127.0.0.1', port = 0 } = options
  const clock = createTimekeeper(options.clock)
  const random = createRandom(options.seed)
  const saved = options.stateFile === undefined ? undefined : loadState(options.stateFile)
  const state = createState(random, () => file?.touch(), saved)
  const file = options.stateFile === undefined ? undefined : createStateFile(options.stateFile, state.save)
  populate(state, options, saved)
  const beginning = structuredClone(state.save())
  const startOvers = new Set<() => void>()
  const wechat = assemble(options, { state, clock, random }, (to = beginning) => {
    phones.endAll()
    state.load(to)
    Object.assign(wechat, createMemories(options, wechat))
    wechat.faults.clear()
    wechat.traffic.clear()
    for (const fn of [...startOvers]) fn()
  })
  const phones = createPhones(wechat)
  const mounts = createMounts()
  const server = createListener(wechat, mounts, host)
  await listen(server, port, host)
  const secure = await startTls(options, wechat, mounts, host).catch(async (error: unknown) => {
    await shut(server)
    throw error
  })

  return {
    url: `http://${addressOf(server, host)}`,
    tls: secure?.facts,
    clock: { now: clock.now, advance: clock.advance },
    get apps() { return state.apps },
    get people() { return state.people },
    addApp: state.addApp,
    addComponent: (component) => wechat.components.add(component),
    issueComponentToken: (appid) => wechat.components.issueToken(appid),
    addCorp: (corp) => wechat.corps.add(corp),
    issueWorkCode: (user) => wechat.corps.issueCode(user),
    addPerson: state.addPerson,
    changePerson: state.changePerson,
    issueCode: (user) => wechat.codes.issue(user).code,
    issuePhoneCode: (user) => wechat.phoneCodes.issue(user),
    issuePluginCode: (user) => wechat.pluginCodes.issue(user),
    pay: (payment) => wechat.payments.pay(payment),
    phoneDataOf: (user) => makePhoneData(wechat, user),
    push: wechat.push.event,
    checkPushUrl: (appid) => wechat.push.checkUrl(appid),
    profileOf: (user) => makeProfile(wechat, user, 'real', false),
    expireSession: (user) => wechat.codes.expire(user),
    openDevice: phones.open,
    fault: wechat.faults.add,
    faults: wechat.faults,
    traffic: wechat.traffic,
    mount: mounts.add,
    saveState: () => structuredClone(state.save()),
    loadState: (given) => wechat.startOver(readState(given)),
    reset: () => wechat.startOver(),
    onStartOver(fn) {
      startOvers.add(fn)
      return () => { startOvers.delete(fn) }
    },
    async close() {
      file?.flush()
      phones.close()
      mounts.close()
      wechat.push.close()
      clock.stop()
      await Promise.all([server, ...secure === undefined ? [] : [secure.server]].map(shut))
    },
  }
}

function assemble(options: EmulatorOptions, base: { state: State, clock: Timekeeper, random: Random }, startOver: Wechat['startOver']): Wechat {
  const { state, clock, random } = base
  const traffic = createTraffic(clock.now)
  return {
    ...base, ...createMemories(options, base), traffic, startOver,
    faults: createFaults(random),
    push: createPush({ state, clock, random, traffic }),
    contentRules: options.contentRules ?? DEFAULT_CONTENT_RULES,
    mediaCheckMs: options.mediaCheckMs ?? 1000,
    errcodeZero: options.errcodeZero ?? false,
    errcodeAsText: options.errcodeAsText ?? false,
  }
}

function populate(state: State, { apps, people }: EmulatorOptions, saved: SavedState | undefined): void {
  for (const app of apps ?? (saved === undefined ? [DEMO_APP] : [])) {
    if (saved === undefined || (app.appid !== undefined && state.findApp(app.appid) === undefined)) state.addApp(app)
  }
  for (const person of people ?? (saved === undefined ? [DEMO_PERSON] : [])) {
    if (saved === undefined || (person.id !== undefined && state.findPerson(person.id) === undefined)) state.addPerson(person)
  }
}

async function startTls({ tls }: EmulatorOptions, wechat: Wechat, mounts: Mounts, host: string): Promise<{ server: Server, facts: TlsFacts } | undefined> {
  if (tls === undefined || tls === false) return undefined
  const { port = 0, directory } = tls === true ? {} : tls
  // By the real clock: clients compare the dates of a certificate with theirs.
  const { ca, caFile, ...identity } = makeTlsIdentity(directory, Date.now())
  const server = createListener(wechat, mounts, host, identity)
  await listen(server, port, host)
  return { server, facts: { url: `https://${addressOf(server, host)}`, ca, caFile } }
}

const addressOf = (server: Server, host: string): string => `${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
