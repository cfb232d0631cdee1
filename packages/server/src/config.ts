import path from 'node:path'
import { systemClock } from './clock.js'
import type { Clock } from './clock.js'
import { defaultLogger } from './log.js'
import type { Logger } from './log.js'
import { secret } from './secret.js'
import type { Secret } from './secret.js'
import type { Store } from './store/store.js'

/** One mini program that may log in here. */
export interface AppOptions {
  readonly appid: string
  /** AppSecret, from the WeChat console. */
  readonly secret: string
}

/** Options of {@link createAuth}. */
export interface AuthOptions {
  /** At least one. */
  readonly apps: readonly AppOptions[]
  /** Folder of the database file and of `keys.json`. Default: `./data`. */
  readonly dataDir?: string
  /** `sqlite:FILE`, `sqlite::memory:`, or a {@link Store}. Default: `sqlite:` and `tongxing.db` in the data folder. */
  readonly store?: string | Store
  /** Sealing keys, `kid:key,kid:key`, newest first. Default: `keys.json` in the data folder, made on first start; demanded in production. */
  readonly keys?: string
  /** Life of a session, in ms, ±10 % so that a population never expires at once. Default: 604_800_000 (7 days). */
  readonly sessionLifeMs?: number
  /** Most live sessions of one user in one app: with a login beyond it the oldest ends, and its phone asks the user. Default: any number. */
  readonly mostSessions?: number
  /** How many failures of encrypted data a session and a user may have. Default: 5 a session, 20 a user in 24 h; false: no limit. */
  readonly decryptBudget?: DecryptBudget | false
  /** True asks the database at every check. Default: false, the revocation index answers. */
  readonly strict?: boolean
  readonly wechat?: WechatOptions
  readonly feed?: FeedTiming
  /** Default: the machine's clock. */
  readonly clock?: Clock
  /** Default: warnings and errors as JSON lines on stderr. */
  readonly log?: Logger
}

/** How WeChat's server API is reached. */
export interface WechatOptions {
  /** Default: `https://api.weixin.qq.com`. Other hosts than WeChat's need `emulator: true`. */
  readonly baseURL?: string
  /** Talk to an emulator: loopback only, emulator AppIDs (`wxemu…`) only, never with NODE_ENV=production. Default: false. */
  readonly emulator?: boolean
  /** Deadline of one call, in ms. Default: 2_500. */
  readonly timeoutMs?: number
  /** Most calls under way at once. Default: 256. */
  readonly connections?: number
}

/** How many failures of encrypted data are allowed: behind it stands WeChat's AES-CBC without a MAC, which many tries could forge. */
export interface DecryptBudget {
  /** Of one session, in all. */
  readonly perSession: number
  /** Of one user, in 24 hours. */
  readonly perUser: number
}

/** How quickly a revocation made by another process takes effect here. */
export interface FeedTiming {
  /** ms between two reads. Default: 1_000. */
  readonly pollMs?: number
  /** ms after the last read at which checks wait for a new one. Default: 5_000. */
  readonly maxAgeMs?: number
}

/** One app, checked. */
export interface App {
  readonly appid: string
  readonly secret: Secret
}

/** The options, checked and completed. */
export interface Config {
  readonly apps: readonly App[]
  readonly dataDir: string
  readonly store: { readonly sqlite: string } | { readonly custom: Store }
  readonly sessionLifeMs: number
  readonly mostSessions: number | null
  readonly decryptBudget: DecryptBudget | null
  readonly strict: boolean
  readonly wechat: { readonly baseURL: string, readonly timeoutMs: number, readonly connections: number }
  readonly feed: { readonly pollMs: number, readonly maxAgeMs: number }
  readonly clock: Clock
  readonly log: Logger
}

const DAY_MS = 86_400_000
const REAL_APPID = /^wx[0-9a-f]{16}$/
const EMULATOR_APPID = /^wxemu[0-9a-f]{13}$/
const WECHAT_HOST = /^[a-z0-9.]+\.weixin\.qq\.com$/
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Checks the options and completes them; what is wrong is added to `problems`. Secrets stand in none of them. */
export function checkOptions(options: AuthOptions, problems: string[]): Config {
  const production = process.env.NODE_ENV === 'production'
  const dataDir = path.resolve(options.dataDir ?? 'data')
  const wechat = checkWechat(options.wechat ?? {}, production, problems)
  const config: Config = {
    apps: checkApps(options.apps, options.wechat?.emulator ?? false, problems),
    dataDir,
    store: checkStore(options.store, dataDir, problems),
    sessionLifeMs: within('sessionLifeMs', options.sessionLifeMs ?? 7 * DAY_MS, 60_000, 90 * DAY_MS, problems),
    mostSessions: options.mostSessions === undefined ? null : within('mostSessions', options.mostSessions, 1, 1000, problems),
    decryptBudget: checkBudget(options.decryptBudget, problems),
    strict: options.strict ?? false,
    wechat,
    feed: {
      pollMs: within('feed.pollMs', options.feed?.pollMs ?? 1000, 10, 60_000, problems),
      maxAgeMs: within('feed.maxAgeMs', options.feed?.maxAgeMs ?? 5000, 0, 300_000, problems),
    },
    clock: options.clock ?? systemClock,
    log: options.log ?? defaultLogger(),
  }
  if (production && options.keys === undefined) problems.push('"keys" (TONGXING_KEYS) is required with NODE_ENV=production, so that sealing keys live outside the data folder')
  return Object.freeze(config)
}

function checkApps(apps: unknown, emulator: boolean, problems: string[]): App[] {
  const list = Array.isArray(apps) ? apps as unknown[] : []
  if (list.length === 0) problems.push('"apps" must hold at least one mini program (WECHAT_APPID and WECHAT_SECRET)')
  const seen = new Set<string>()
  return list.map((app, i) => {
    const { appid, secret: appSecret } = { ...(app as Partial<AppOptions> | null), appid: String((app as Partial<AppOptions> | null)?.appid) }
    if (emulator && !EMULATOR_APPID.test(appid)) problems.push(`"apps[${i}].appid" must be an emulator AppID (wxemu and 13 hex digits) when talking to an emulator`)
    if (!emulator && EMULATOR_APPID.test(appid)) problems.push(`"apps[${i}].appid" is an emulator AppID; it needs wechat.emulator (WECHAT_EMULATOR)`)
    else if (!emulator && !REAL_APPID.test(appid)) problems.push(`"apps[${i}].appid" must be wx and 16 hex digits`)
    if (typeof appSecret !== 'string' || appSecret.length < 16) problems.push(`"apps[${i}].secret" must be the AppSecret from the WeChat console`)
    if (seen.has(appid)) problems.push(`"apps[${i}].appid" stands twice`)
    seen.add(appid)
    return { appid, secret: secret(String(appSecret)) }
  })
}

function checkWechat(options: WechatOptions, production: boolean, problems: string[]): Config['wechat'] {
  const baseURL = options.baseURL ?? 'https://api.weixin.qq.com'
  const url = URL.canParse(baseURL) ? new URL(baseURL) : null
  if (!url) problems.push('"wechat.baseURL" (WECHAT_BASE_URL) must be a URL')
  else if (options.emulator) {
    if (!/^https?:$/.test(url.protocol)) problems.push('"wechat.baseURL" (WECHAT_BASE_URL) must be http or https')
    if (!LOOPBACK.test(url.hostname)) problems.push('"wechat.baseURL" (WECHAT_BASE_URL) must be a loopback address when talking to an emulator')
    if (production) problems.push('"wechat.emulator" (WECHAT_EMULATOR) is refused with NODE_ENV=production')
  } else if (url.protocol !== 'https:' || !WECHAT_HOST.test(url.hostname)) {
    problems.push('"wechat.baseURL" (WECHAT_BASE_URL) must be https and a host of weixin.qq.com; for an emulator set wechat.emulator (WECHAT_EMULATOR=1)')
  }
  return {
    baseURL,
    timeoutMs: within('wechat.timeoutMs', options.timeoutMs ?? 2500, 10, 60_000, problems),
    connections: within('wechat.connections', options.connections ?? 256, 1, 4096, problems),
  }
}

function checkStore(store: AuthOptions['store'], dataDir: string, problems: string[]): Config['store'] {
  if (typeof store === 'object' && store !== null) return { custom: store }
  if (store === undefined) return { sqlite: path.join(dataDir, 'tongxing.db') }
  if (!/^sqlite:./.test(String(store))) problems.push('"store" (TONGXING_STORE) must look like sqlite:FILE')
  return { sqlite: String(store).slice('sqlite:'.length) }
}

function checkBudget(budget: AuthOptions['decryptBudget'], problems: string[]): DecryptBudget | null {
  if (budget === false) return null
  return {
    perSession: within('decryptBudget.perSession', budget?.perSession ?? 5, 1, 1000, problems),
    perUser: within('decryptBudget.perUser', budget?.perUser ?? 20, 1, 1000, problems),
  }
}

function within(name: string, value: number, least: number, most: number, problems: string[]): number {
  if (!Number.isInteger(value) || value < least || value > most) problems.push(`"${name}" must be an integer from ${least} to ${most}`)
  return value
}
