import { randomText } from './random.js'
import type { Random } from './random.js'
import type { AppUser, State } from './state.js'

/** Life of a code in ms. */
const CODE_LIFE = 5 * 60_000
/** ms after which a code is forgotten entirely, so that a long run does not grow; a forgotten code is simply unknown. */
const CODE_MEMORY = 60 * 60_000
const MINUTE = 60_000

/** A code of wx.login. */
export interface LoginCode extends AppUser {
  readonly code: string
  /** ms since the epoch. */
  readonly issuedAt: number
  used: boolean
  /** Its wx.login was one too many for WeChat's frequency rule. */
  readonly tooOften: boolean
  /** The key that an exchange answers; undefined until then under `at_exchange`. */
  sessionKey: string | undefined
}

/** The one session_key of a user in an app. */
interface LiveKey {
  readonly sessionKey: string
  /** When a code was last asked for, in ms since the epoch. */
  usedAt: number
}

/** What an exchange of a code comes to. */
export type Exchange =
  | { readonly errcode: 0, readonly openid: string, readonly sessionKey: string, readonly unionid: string | undefined }
  | { readonly errcode: 40029 | 40163 | 40226 | 45009 | 45011 }

/** Codes and session keys of all users. One live session_key per user and app. */
export interface LoginCodes {
  issue(user: AppUser, tooOften?: boolean): LoginCode
  /** Uses the code up. `appid` is that of the caller, whose secret was checked before. */
  exchange(appid: string, code: string): Exchange
  /** What wx.checkSession asks: does the key of this code live? */
  isLive(code: LoginCode): boolean
  /** The key that encryptedData is made with; when none lives, WeChat makes one that nobody knows yet. */
  liveKey(user: AppUser): string
  hasLiveKey(user: AppUser): boolean
  /** WeChat's session_key of that user is dead. */
  expire(user: AppUser): void
  /** A new session_key in the place of the old one, whose idle time runs on: a reset is no renewal. */
  reset(user: AppUser): string
  /** When the user last asked for a code, in ms since the epoch: the visit that content checks want to see. */
  lastIssued(user: AppUser): number | undefined
}

/** `minuteQuota`: exchanges that one person gets per minute, over all apps. */
export function createLoginCodes(state: State, now: () => number, random: Random, minuteQuota: number): LoginCodes {
  const codes = new Map<string, LoginCode>()
  const keys = new Map<string, LiveKey>()
  const visits = new Map<string, number>()
  const exchanges = new Map<string, { minute: number, count: number }>()
  const keyOf = (user: AppUser) => `${user.appid}/${user.person}`

  function mint(user: AppUser, usedAt = now()): string {
    const sessionKey = random.bytes(16).toString('base64')
    keys.set(keyOf(user), { sessionKey, usedAt })
    return sessionKey
  }

  /** Undefined too when it lay idle for too long. */
  function living(user: AppUser): LiveKey | undefined {
    const live = keys.get(keyOf(user))
    const { sessionKeyIdleMs = Infinity } = state.findApp(user.appid) ?? {}
    return live === undefined || now() - live.usedAt > sessionKeyIdleMs ? undefined : live
  }

  function forgetOld(): void {
    // Maps keep the order of insertion, so the oldest codes come first.
    for (const [code, { issuedAt }] of codes) {
      if (issuedAt + CODE_MEMORY > now()) return
      codes.delete(code)
    }
  }

  function overQuota(person: string): boolean {
    const minute = Math.floor(now() / MINUTE)
    const window = exchanges.get(person)
    const count = window?.minute === minute ? window.count + 1 : 1
    exchanges.set(person, { minute, count })
    return count > minuteQuota
  }

  function keyForExchange(login: LoginCode): string {
    if (state.resolve(login).app.sessionKeyPolicy === 'at_exchange') login.sessionKey = mint(login)
    login.sessionKey ??= living(login)?.sessionKey ?? mint(login)
    return login.sessionKey
  }

  return {
    issue(user, tooOften = false) {
      const { app, person } = state.resolve(user)
      forgetOld()
      const sessionKey = app.sessionKeyPolicy === 'at_code' ? mint(user) : undefined
      const login = { appid: app.appid, person: person.id, code: `0${randomText(random, 31)}`, issuedAt: now(), used: false, tooOften, sessionKey }
      codes.set(login.code, login)
      const live = living(user)
      if (live !== undefined) live.usedAt = now()
      visits.set(keyOf(login), now())
      return login
    },
    exchange(appid, code) {
      const login = codes.get(code)
      if (login === undefined || login.appid !== appid) return { errcode: 40029 }
      if (login.used) return { errcode: 40163 }
      if (now() - login.issuedAt > CODE_LIFE) return { errcode: 40029 }
      if (state.resolve(login).person.risk) return { errcode: 40226 }
      if (login.tooOften) return { errcode: 45009 }
      if (overQuota(login.person)) return { errcode: 45011 }
      login.used = true
      return { errcode: 0, openid: state.openidOf(login), sessionKey: keyForExchange(login), unionid: state.unionidOf(login) }
    },
    isLive(code) {
      const live = living(code)
      // Not exchanged yet, and no key of its own: it stands for whatever key the user has.
      return live !== undefined && (code.sessionKey === undefined || code.sessionKey === live.sessionKey)
    },
    liveKey: (user) => living(user)?.sessionKey ?? mint(user),
    hasLiveKey: (user) => living(user) !== undefined,
    expire(user) {
      state.resolve(user)
      keys.delete(keyOf(user))
    },
    reset: (user) => mint(user, living(user)?.usedAt),
    lastIssued: (user) => visits.get(keyOf(user)),
  }
}
