import { createEmulator, encryptUserData, signRawData } from '#emulator'
import type { EmulatedApp, Emulator, FaultRule, PersonOptions, SignedProfile } from '#emulator'
import type { BackEnd, Changes, Login } from './back-end.js'
import { createBackEnd } from './back-end.js'
import { DEFAULT_APP } from './mapping.js'
import type { Mapping, RouteMapping } from './mapping.js'
import { demandNoLimit } from './obstacle.js'
import { Finding, demand } from './situation.js'
import { text } from './text.js'
import { openWechatTap } from './wechat-tap.js'
import type { WechatCall, WechatTap } from './wechat-tap.js'

/** A person who has logged in. */
export interface LoggedIn {
  readonly person: string
  readonly token: string
  readonly user: string
}

/** A local WeChat, people with phones, and the back end: all that a situation needs. */
export interface Stage {
  readonly mapping: Mapping
  readonly emulator: Emulator
  readonly wechat: WechatTap
  readonly backEnd: BackEnd
  readonly app: EmulatedApp
  /** Registered at WeChat, unknown to the back end. */
  readonly foreignApp: EmulatedApp
  /** The second AppID of the mapping, if it has one. */
  readonly secondApp: EmulatedApp | undefined
  /** The paths of WeChat that the very first login of the run called, while the back end held no access_token. */
  readonly firstLoginCalled: readonly string[]
  /** How long a login may take while WeChat does not answer, in ms. */
  readonly patienceMs: number
  /** A new WeChat user; gives the id. */
  person(options?: PersonOptions): string
  /** A fresh code of wx.login. */
  code(person: string, appid?: string): string
  phoneCode(person: string, appid?: string): string
  login(code: unknown, changes?: Changes): Promise<Login>
  /** Logs in as one should, and asks who it was. Throws Finding when that fails, Obstacle when a rate limit forbids it. */
  logIn(person?: string): Promise<LoggedIn>
  /** The session_key that WeChat gave out last. Throws Finding when there was none. */
  lastSessionKey(): string
  /** The openid that WeChat gave out last. Throws Finding when there was none. */
  lastOpenid(): string
  /** Sends signed and encrypted data to the profile route. */
  sendProfile(token: string, data: SignedProfile, changes?: Changes): ReturnType<BackEnd['send']>
  sendPhone(token: string | undefined, code: unknown, changes?: Changes): ReturnType<BackEnd['send']>
  profileOf(person: string): SignedProfile
  /** A signed profile as WeChat would make it under this key, with `inside` put in or in place of what is there. */
  forge(sessionKey: string, inside: Readonly<Record<string, unknown>>): SignedProfile
  /** WeChat goes wrong at the next calls, until the situation is over. */
  fault(rule: FaultRule): void
  /** Moves WeChat's clock against the back end's, until the situation is over. */
  shiftClock(ms: number): void
  /** The back end's calls of a WeChat path in this situation, those with `needle` in query or body. */
  callsOf(path: string, needle?: string): WechatCall[]
}

/** A stage that is set anew before each situation. */
export interface OpenedStage {
  readonly stage: Stage
  /** After the very first login. */
  noteFirstLogin(): void
  reset(): void
  close(): Promise<void>
}

/** The path of the code exchange. */
export const EXCHANGE = '/sns/jscode2session'

/** Where WeChat listens and how patient the people are. */
export interface StageOptions {
  readonly backEnd: string
  readonly mapping: Mapping
  readonly port: number
  readonly host: string
  readonly patienceMs: number
  /** PEM of the authority that signed the back end's certificate. */
  readonly ca?: string
}

/** Starts the emulator, with the tap on `port`. Rejects when the port is taken. */
export async function openStage({ backEnd: url, mapping, port, host, patienceMs, ca }: StageOptions): Promise<OpenedStage> {
  let skew = 0
  const emulator = await createEmulator({ apps: [...mapping.apps ?? [DEFAULT_APP]], people: [], clock: { now: () => Date.now() + skew } })
  const [app, secondApp] = emulator.apps as [EmulatedApp, EmulatedApp?]
  const foreignApp = emulator.addApp()
  const wechat = await openWechatTap(emulator.url, port, host).catch(async (error: unknown) => {
    await emulator.close()
    throw error
  })
  const backEnd = createBackEnd({ url, mapping, patienceMs, ...ca !== undefined && { ca } })
  const undo = new Set<() => void>()
  let firstCall = 0
  const firstLoginCalled: string[] = []
  const stage: Stage = {
    mapping, emulator, wechat, backEnd, app, foreignApp, secondApp, patienceMs, firstLoginCalled,
    ...createPhones(emulator, app, mapping, backEnd),
    lastSessionKey: () => [...wechat.sessionKeys].at(-1) ?? noExchange(),
    lastOpenid: () => openidIn(wechat.calls.slice(firstCall)) ?? noExchange(),
    fault: (rule) => void undo.add(emulator.fault(rule)),
    shiftClock: (ms) => { skew = ms },
    callsOf: (path, needle = '') => wechat.calls.slice(firstCall).filter((call) => call.path === path && `${call.query} ${call.body}`.includes(needle)),
  }
  return {
    stage,
    noteFirstLogin: () => void firstLoginCalled.push(...wechat.calls.map(({ path }) => path)),
    reset() {
      for (const end of undo) end()
      undo.clear()
      skew = 0
      app.unionScope = null
      firstCall = wechat.calls.length
    },
    async close() {
      await wechat.close()
      await emulator.close()
    },
  }
}

const openidIn = (calls: readonly WechatCall[]) => calls.map(({ answer }) => /"openid":"([^"]+)"/.exec(answer)?.[1]).findLast((openid) => openid !== undefined)

function noExchange(): never {
  throw new Finding(text('后端没有换取过 code', 'the back end has exchanged no code'))
}

type Phones = Pick<Stage, 'person' | 'code' | 'phoneCode' | 'login' | 'logIn' | 'profileOf' | 'forge' | 'sendProfile' | 'sendPhone'>

function createPhones(emulator: Emulator, app: EmulatedApp, mapping: Mapping, backEnd: BackEnd): Phones {
  const person = (options: PersonOptions = {}) => emulator.addPerson(options).id
  const code = (who: string, appid = app.appid) => emulator.issueCode({ appid, person: who })
  return {
    person, code,
    phoneCode: (who, appid = app.appid) => emulator.issuePhoneCode({ appid, person: who }),
    login: (given, changes) => backEnd.login(app.appid, given, changes),
    async logIn(who = person()) {
      const { answer, token } = await backEnd.login(app.appid, code(who))
      demandNoLimit(answer)
      demand(token !== undefined, answer)
      const identity = await backEnd.whoIs(token)
      demandNoLimit(identity.answer)
      demand(identity.user !== undefined, identity.answer)
      return { person: who, token, user: identity.user }
    },
    profileOf: (who) => emulator.profileOf({ appid: app.appid, person: who }),
    forge: (sessionKey, inside) => sign(sessionKey, app.appid, emulator.clock.now(), inside),
    sendProfile: (token, { rawData, signature, encryptedData, iv }, changes = {}) =>
      backEnd.send(routeOf(mapping.profile), { rawData, signature, encryptedData, iv, appid: app.appid }, { token, ...changes }),
    sendPhone: (token, given, changes = {}) =>
      backEnd.send(routeOf(mapping.phone), { code: given, appid: app.appid }, { ...token !== undefined && { token }, ...changes }),
  }
}

function sign(sessionKey: string, appid: string, now: number, inside: Readonly<Record<string, unknown>>): SignedProfile {
  const userInfo = { nickName: '伪造', gender: 0, language: 'zh_CN', city: '', province: '', country: '', avatarUrl: 'https://thirdwx.qlogo.cn/mmopen/forged/132' } as const
  const rawData = JSON.stringify(userInfo)
  const iv = Buffer.alloc(16, 7).toString('base64')
  // As WeChat does, openId comes first, if at all.
  const plaintext = JSON.stringify({ openId: inside['openId'], ...userInfo, watermark: { appid, timestamp: Math.floor(now / 1000) }, ...inside })
  return { userInfo, rawData, signature: signRawData(rawData, sessionKey), encryptedData: encryptUserData(sessionKey, iv, plaintext), iv }
}

function routeOf(route: RouteMapping | undefined): RouteMapping {
  if (route === undefined) throw new TypeError('the mapping has no such route; the situation must name it in "needs"')
  return route
}
