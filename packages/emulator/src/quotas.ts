/** How often an app may call a path. */
export interface Quota {
  /** Calls in a day of China's time; the next one is 45009. */
  readonly day?: number
  /** Calls in a minute; the next one is 45011, 44991 or 1003, as the path has it. */
  readonly minute?: number
}

/** Quotas by path. */
export type Quotas = Readonly<Record<string, Quota>>

/** What WeChat's docs give for every app. */
export const DEFAULT_QUOTAS: Quotas = {
  '/cgi-bin/stable_token': { minute: 10_000, day: 500_000 },
  '/wxa/resetusersessionkey': { minute: 60_000 },
}

const MINUTE = 60_000
const DAY = 86_400_000
/** ms that China's midnight is ahead of UTC's. */
const CHINA = 8 * 3600_000

interface Window {
  day: number
  minute: number
  inDay: number
  inMinute: number
}

/** Counts the calls of apps. */
export interface QuotaCounter {
  /** Counts a call; tells which quota it is beyond, if any. */
  take(appid: string, path: string): 'day' | 'minute' | undefined
}

/** `now` in ms; `quotasOf` gives an app's own quotas, which come before the default ones. */
export function createQuotaCounter(now: () => number, quotasOf: (appid: string) => Quotas | undefined): QuotaCounter {
  const windows = new Map<string, Window>()
  return {
    take(appid, path) {
      const quota = quotasOf(appid)?.[path] ?? DEFAULT_QUOTAS[path]
      if (quota === undefined) return undefined
      const window = currentWindow(windows.get(`${appid} ${path}`), now())
      windows.set(`${appid} ${path}`, window)
      if (++window.inDay > (quota.day ?? Infinity)) return 'day'
      return ++window.inMinute > (quota.minute ?? Infinity) ? 'minute' : undefined
    },
  }
}

/** The number of a day of China's time. */
export const chineseDay = (ms: number): number => Math.floor((ms + CHINA) / DAY)

function currentWindow(last: Window | undefined, now: number): Window {
  const day = chineseDay(now)
  const minute = Math.floor(now / MINUTE)
  return {
    day, minute,
    inDay: last?.day === day ? last.inDay : 0,
    inMinute: last?.minute === minute ? last.inMinute : 0,
  }
}

/** Throws TypeError that tells all that is wrong. */
export function checkQuotas(quotas: Quotas): void {
  for (const [path, { day = 0, minute = 0 }] of Object.entries(quotas)) {
    if (!path.startsWith('/')) throw new TypeError(`quotas: ${JSON.stringify(path)} must be a path such as "/wxa/msg_sec_check"`)
    if (!(day >= 0 && minute >= 0)) throw new TypeError(`quotas: "day" and "minute" of ${path} must be 0 or more`)
  }
}
