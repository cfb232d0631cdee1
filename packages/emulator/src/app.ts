import { checkCallFrequency } from './call-frequency.js'
import type { CallFrequency } from './call-frequency.js'
import { checkPushConfig } from './push/config.js'
import type { PushConfig } from './push/config.js'
import { checkQuotas } from './quotas.js'
import type { Quotas } from './quotas.js'
import type { Random } from './random.js'

/**
 * When WeChat replaces the session_key of a user.
 *
 * - `at_code`: each code brings a new one, and the one before is dead at once
 * - `at_exchange`: each jscode2session brings a new one
 * - `sticky`: it stays until it is expired on purpose
 */
export type SessionKeyPolicy = 'at_code' | 'at_exchange' | 'sticky'

/** All of them. */
export const SESSION_KEY_POLICIES: readonly SessionKeyPolicy[] = ['at_code', 'at_exchange', 'sticky']

/** What an app has of the phone buttons. */
export interface PhoneButton {
  /** Verified accounts of organisations are. */
  readonly entitled: boolean
  /** Numbers that getPhoneNumber still gives; each success takes one. */
  readonly quota: number
  /** As `quota`, for getRealtimePhoneNumber. */
  readonly realtimeQuota: number
}

/** The trial calls that every app gets. */
export const DEFAULT_PHONE_BUTTON: PhoneButton = { entitled: true, quota: 1000, realtimeQuota: 1000 }

/** A mini program to be registered. */
export interface AppOptions {
  /** `wxemu` and 13 hex digits. Default: a random one. Anything else is refused with a TypeError. */
  appid?: string
  /** AppSecret. Default: 32 random hex digits. */
  secret?: string
  /** Default: the appid. */
  name?: string
  /** The Open Platform account it is bound to: apps of one scope see the same unionid. Default: null, not bound. */
  unionScope?: string | null
  /** Default: `at_code`. */
  sessionKeyPolicy?: SessionKeyPolicy
  /** ms after the last wx.login at which the session_key is dead; WeChat does not tell. Default: none, it stays until it is replaced or expired. */
  sessionKeyIdleMs?: number
  /** Where events of its users are pushed. Default: null, nowhere. A config that makes no sense is refused with a TypeError. */
  push?: PushConfig | null
  /** Addresses that may get an access_token; others are 40164. Default: null, all. */
  ipWhitelist?: readonly string[] | null
  /** How often it may call a path: `{'/wxa/msg_sec_check': {day: 100}}`. Default: what WeChat gives every app. */
  quotas?: Quotas
  /** WeChat's frequency rule; codes of a wx.login beyond it are answered 45009. Default: not enforced. */
  callFrequency?: CallFrequency
  /**
   * What its privacy agreement declares, for base library 2.32.3 in era `today`: `all`, `none` (no agreement in the console), or the names of APIs and
   * components: `['getUserProfile', 'button.getPhoneNumber']`. What is not declared fails. Default: `all`.
   */
  privacy?: 'all' | 'none' | readonly string[]
  /** Default: entitled, and the 1000 trial calls of each button. */
  phoneButton?: Partial<PhoneButton>
}

/** A registered mini program. Name, binding and policy may be changed while the emulator runs. */
export interface EmulatedApp {
  readonly appid: string
  secret: string
  name: string
  unionScope: string | null
  sessionKeyPolicy: SessionKeyPolicy
  sessionKeyIdleMs?: number
  push?: PushConfig | null
  ipWhitelist?: readonly string[] | null
  quotas?: Quotas
  callFrequency?: CallFrequency
  privacy?: 'all' | 'none' | readonly string[]
  phoneButton?: Partial<PhoneButton>
}

const EMULATOR_APPID = /^wxemu[0-9a-f]{13}$/

/** Whether it may be an AppID here. */
export const isEmulatorAppid = (value: unknown): boolean => typeof value === 'string' && EMULATOR_APPID.test(value)

/** Throws TypeError when it is not `wxemu` + 13 hex digits. */
export function checkAppid(appid: string): void {
  if (!EMULATOR_APPID.test(appid)) throw new TypeError(`the emulator refuses real AppIDs: ${JSON.stringify(appid)} is not "wxemu" and 13 hex digits`)
}

/** Throws TypeError when an option makes no sense. */
export function makeApp(options: AppOptions, random: Random): EmulatedApp {
  const appid = options.appid ?? `wxemu${random.bytes(7).toString('hex').slice(0, 13)}`
  checkAppid(appid)
  if (options.push) checkPushConfig(options.push)
  if (options.quotas) checkQuotas(options.quotas)
  if (options.callFrequency) checkCallFrequency(options.callFrequency)
  return {
    appid,
    secret: options.secret ?? random.bytes(16).toString('hex'),
    name: options.name ?? appid,
    unionScope: options.unionScope ?? null,
    sessionKeyPolicy: options.sessionKeyPolicy ?? 'at_code',
    ...options.sessionKeyIdleMs !== undefined && { sessionKeyIdleMs: checkIdle(options.sessionKeyIdleMs) },
    ...options.push && { push: options.push },
    ...options.ipWhitelist && { ipWhitelist: options.ipWhitelist },
    ...options.quotas && { quotas: options.quotas },
    ...options.callFrequency && { callFrequency: options.callFrequency },
    ...options.privacy !== undefined && { privacy: options.privacy },
    ...options.phoneButton && { phoneButton: options.phoneButton },
  }
}

function checkIdle(ms: number): number {
  if (!(ms > 0)) throw new TypeError(`"sessionKeyIdleMs" must be more than 0 ms, not ${ms}`)
  return ms
}
