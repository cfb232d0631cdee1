import path from 'node:path'
import { systemClock } from './clock.js'
import type { Clock } from './clock.js'
import { checkApps } from './config/apps.js'
import type { App, AppOptions } from './config/apps.js'
import { checkConsents } from './config/consents.js'
import type { ConsentOptions } from './config/consents.js'
import { checkPublicURL } from './config/public-url.js'
import { checkContentCheck } from './config/content-check.js'
import type { ContentCheckConfig, ContentCheckOptions } from './config/content-check.js'
import { checkStore } from './config/database.js'
import type { Database } from './config/database.js'
import { checkBudget } from './config/decrypt-budget.js'
import type { DecryptBudget } from './config/decrypt-budget.js'
import type { Hooks } from './config/hooks.js'
import { checkPhone } from './config/phone.js'
import type { PhoneBudget, PhoneConfig, PhoneNumbers } from './config/phone.js'
import { checkWechat } from './config/wechat.js'
import type { WechatConfig, WechatOptions } from './config/wechat.js'
import { within } from './config/within.js'
import { defaultLogger } from './log.js'
import type { Logger } from './log.js'
import type { AvatarStore, Store } from './store/store.js'

/** Options of {@link createAuth}. */
export interface AuthOptions {
  /** At least one. */
  readonly apps: readonly AppOptions[]
  /** Folder of the database file and of `keys.json`. Default: `./data`. */
  readonly dataDir?: string
  /** `sqlite:FILE`, `sqlite::memory:`, or a {@link Store}. Default: `sqlite:` and `tongxing.db` in the data folder. */
  readonly store?: string | Store
  /**
   * How long an operation of `store` or `avatars` may take, in ms; then it is `store_unavailable`, and what it was asked for may still happen.
   * Default: 15_000.
   */
  readonly storeTimeoutMs?: number
  /** Sealing keys, `kid:key,kid:key`, newest first. Default: `keys.json` in the data folder, made on first start; demanded in production. */
  readonly keys?: string
  /** Life of a session, in ms, ±10 % so that a population never expires at once. A lower one ends the sessions beyond it; their phones log in again silently. Default: 604_800_000 (7 days). */
  readonly sessionLifeMs?: number
  /** Most live sessions of one user in one app: with a login beyond it the oldest ends, and its phone asks the user; at the start those beyond a lower one end. Default: any number. */
  readonly mostSessions?: number
  /** How many failures of encrypted data a session and a user may have. Default: 5 a session, 20 a user in 24 h; false: no limit. */
  readonly decryptBudget?: DecryptBudget | false
  /** Where the outside world reaches this service, for the addresses of avatars, and for WeChat's check of them. Default: they are paths, `/v1/avatars/…`. */
  readonly publicURL?: string
  /** Where avatars are kept. Default: the folder `avatars` in the data folder. */
  readonly avatars?: AvatarStore
  /** What the user must have agreed to before his profile or phone number is stored. Default: nothing. */
  readonly consents?: ConsentOptions
  /**
   * Whether phone numbers are taken as encryptedData, as phones below base library 2.21.2 have them, beside the code of the button.
   * `'strict'` takes only what WeChat says it has made, and nothing while WeChat cannot be asked. Default: false.
   */
  readonly phoneEncryptedData?: boolean | 'strict'
  /** Whether WeChat's content check looks at nicknames before they are kept (`profile_rejected`), and at avatars afterwards (they are withdrawn). Default: false. */
  readonly contentCheck?: boolean | ContentCheckOptions
  /** Which phone numbers may be bound; others are `phone_unavailable`. Default: all. */
  readonly phoneNumbers?: PhoneNumbers
  /** How many phone numbers may be bought at WeChat in 24 hours, by code. Default: 20 for one user, any number for an app; false: any number. */
  readonly phoneBudget?: PhoneBudget | false
  /** How long the audit log keeps an event, in ms. Default: 15_811_200_000 (183 days: the law asks for six months). */
  readonly auditLifeMs?: number
  /** True asks the database at every check. Default: false, the revocation index answers. */
  readonly strict?: boolean
  /** Called after something has happened. Default: none. */
  readonly hooks?: Hooks
  /** How long an answer waits for a hook, in ms. Default: 1_000. */
  readonly hookWaitMs?: number
  readonly wechat?: WechatOptions
  readonly feed?: FeedTiming
  /** Default: the machine's clock. */
  readonly clock?: Clock
  /** Default: warnings and errors as JSON lines on stderr. */
  readonly log?: Logger
}

/** How quickly a revocation made by another process takes effect here. */
export interface FeedTiming {
  /** ms between two reads. Default: 1_000. */
  readonly pollMs?: number
  /** ms after the last read at which checks wait for a new one. Default: 5_000. */
  readonly maxAgeMs?: number
}

/** The options, checked and completed. */
export interface Config {
  readonly apps: readonly App[]
  readonly dataDir: string
  readonly database: Database
  readonly storeTimeoutMs: number
  readonly sessionLifeMs: number
  readonly mostSessions: number | null
  readonly decryptBudget: DecryptBudget | null
  /** Without a slash at its end; '' when nobody said. */
  readonly publicURL: string
  /** null for the folder. */
  readonly avatars: AvatarStore | null
  readonly consents: ConsentOptions
  readonly phone: PhoneConfig
  readonly contentCheck: ContentCheckConfig
  readonly auditLifeMs: number
  readonly strict: boolean
  readonly hooks: Hooks
  readonly hookWaitMs: number
  readonly wechat: WechatConfig
  readonly timing: { readonly pollMs: number, readonly maxAgeMs: number }
  readonly clock: Clock
  readonly log: Logger
}

export type { App, AppOptions } from './config/apps.js'
export type { ConsentOptions } from './config/consents.js'
export type { EraseEvent, Hooks, LoginEvent, LogoutEvent, MergeEvent, PhoneEvent, PushEvent } from './config/hooks.js'
export type { DecryptBudget } from './config/decrypt-budget.js'
export type { ContentCheckConfig, ContentCheckOptions } from './config/content-check.js'
export type { PushOptions } from './config/push.js'
export type { PhoneBudget, PhoneConfig, PhoneNumbers } from './config/phone.js'
export type { WechatOptions } from './config/wechat.js'

const DAY_MS = 86_400_000

/** Checks the options and completes them; what is wrong is added to `problems`. Secrets stand in none of them. */
export function checkOptions(options: AuthOptions, problems: string[]): Config {
  const production = process.env.NODE_ENV === 'production'
  const dataDir = path.resolve(options.dataDir ?? 'data')
  const apps = checkApps(options.apps, options.wechat?.emulator ?? false, problems)
  const publicURL = checkPublicURL(options.publicURL, problems)
  const wechat = checkWechat(options.wechat ?? {}, production, problems)
  const config: Config = {
    apps,
    dataDir,
    database: checkStore(options.store, dataDir, problems),
    storeTimeoutMs: within('storeTimeoutMs', options.storeTimeoutMs ?? 15_000, 100, 120_000, problems),
    sessionLifeMs: within('sessionLifeMs', options.sessionLifeMs ?? 7 * DAY_MS, 60_000, 90 * DAY_MS, problems),
    mostSessions: options.mostSessions === undefined ? null : within('mostSessions', options.mostSessions, 1, 1000, problems),
    decryptBudget: checkBudget(options.decryptBudget, problems),
    publicURL,
    avatars: options.avatars ?? null,
    consents: checkConsents(options.consents ?? {}, problems),
    phone: checkPhone(options, problems),
    contentCheck: checkContentCheck(options.contentCheck, publicURL, apps, problems),
    auditLifeMs: within('auditLifeMs', options.auditLifeMs ?? 183 * DAY_MS, DAY_MS, 3660 * DAY_MS, problems),
    strict: options.strict ?? false,
    hooks: options.hooks ?? {},
    hookWaitMs: within('hookWaitMs', options.hookWaitMs ?? 1000, 0, 60_000, problems),
    wechat,
    timing: {
      pollMs: within('feed.pollMs', options.feed?.pollMs ?? 1000, 10, 60_000, problems),
      maxAgeMs: within('feed.maxAgeMs', options.feed?.maxAgeMs ?? 5000, 0, 300_000, problems),
    },
    clock: options.clock ?? systemClock,
    log: options.log ?? defaultLogger(),
  }
  if (production && options.keys === undefined) problems.push('"keys" (TONGXING_KEYS) is required with NODE_ENV=production, so that sealing keys live outside the data folder')
  return Object.freeze(config)
}
