import type { AppUser } from './state.js'

/** How often a mini program may call wx.login, checkSession, getSetting, getUserInfo and getUserProfile, all together. */
export interface CallFrequency {
  /** Calls of one user in a second; WeChat's rule: 4. */
  readonly perSecond?: number
  /** Calls of all users in a day of China's time; WeChat's rule: twice the page views. */
  readonly perDay?: number
}

/** Counts the calls that WeChat's frequency rule is about. */
export interface CallFrequencies {
  note(user: AppUser, api: string): void
  /** Whether the rule is broken at this moment. */
  isBroken(user: AppUser): boolean
}

const RULED = new Set(['login', 'checkSession', 'getSetting', 'getUserInfo', 'getUserProfile'])
const SECOND = 1000

/** `now` in ms; `ruleOf` gives an app's rule, `dayOf` the day of a time. */
export function createCallFrequencies(now: () => number, dayOf: (ms: number) => number, ruleOf: (appid: string) => CallFrequency | undefined): CallFrequencies {
  const recent = new Map<string, number[]>()
  const days = new Map<string, { readonly day: number, count: number }>()
  const keyOf = ({ appid, person }: AppUser): string => `${appid}/${person}`
  const lately = (user: AppUser): number[] => (recent.get(keyOf(user)) ?? []).filter((at) => at > now() - SECOND)
  const today = (appid: string): { readonly day: number, count: number } => {
    const day = dayOf(now())
    const known = days.get(appid)
    return known?.day === day ? known : { day, count: 0 }
  }
  return {
    note(user, api) {
      if (!RULED.has(api) || ruleOf(user.appid) === undefined) return
      recent.set(keyOf(user), [...lately(user), now()])
      const counted = today(user.appid)
      counted.count++
      days.set(user.appid, counted)
    },
    isBroken(user) {
      const { perSecond = Infinity, perDay = Infinity } = ruleOf(user.appid) ?? {}
      return lately(user).length > perSecond || today(user.appid).count > perDay
    },
  }
}

/** Throws TypeError that tells all that is wrong. */
export function checkCallFrequency({ perSecond = 0, perDay = 0 }: CallFrequency): void {
  if (!(perSecond >= 0 && perDay >= 0)) throw new TypeError('callFrequency: "perSecond" and "perDay" must be 0 or more')
}
