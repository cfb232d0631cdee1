import { secret } from '../secret.js'
import type { Secret } from '../secret.js'
import { checkPush } from './push.js'
import type { PushConfig, PushOptions } from './push.js'

/** One mini program that may log in here. */
export interface AppOptions {
  readonly appid: string
  /** AppSecret, from the WeChat console. */
  readonly secret: string
  /**
   * The Open Platform account (开放平台账号) that the app is bound to: within it a unionid is one person, and logins with the same one are one user.
   * Any name; apps of different accounts need different ones. Default: `default`.
   */
  readonly unionScope?: string
  /** During a rotation the AppSecret before: used only when WeChat refuses the new one. Default: none. */
  readonly previousSecret?: string
  /** WeChat's message push; without it the address is closed. Default: none. */
  readonly push?: PushOptions
}

/** One app, checked. */
export interface App {
  readonly appid: string
  readonly secret: Secret
  readonly unionScope: string
  readonly previousSecret: Secret | null
  readonly push: PushConfig | null
}

const REAL_APPID = /^wx[0-9a-f]{16}$/
const UNION_SCOPE = /^[\w.-]{1,64}$/
const EMULATOR_APPID = /^wxemu[0-9a-f]{13}$/

/** Checks the apps; secrets stand in no problem. */
export function checkApps(apps: unknown, emulator: boolean, problems: string[]): App[] {
  const list = Array.isArray(apps) ? apps as unknown[] : []
  if (list.length === 0) problems.push('"apps" must hold at least one mini program (WECHAT_APPID and WECHAT_SECRET)')
  const seen = new Set<string>()
  return list.map((app, i) => {
    const { appid, secret: appSecret, unionScope = 'default', previousSecret = null, push } = { ...(app as Partial<AppOptions> | null), appid: String((app as Partial<AppOptions> | null)?.appid) }
    if (emulator && !EMULATOR_APPID.test(appid)) problems.push(`"apps[${i}].appid" must be an emulator AppID (wxemu and 13 hex digits) when talking to an emulator`)
    if (!emulator && EMULATOR_APPID.test(appid)) problems.push(`"apps[${i}].appid" is an emulator AppID; it needs wechat.emulator (WECHAT_EMULATOR)`)
    else if (!emulator && !REAL_APPID.test(appid)) problems.push(`"apps[${i}].appid" must be wx and 16 hex digits`)
    if (typeof appSecret !== 'string' || appSecret.length < 16) problems.push(`"apps[${i}].secret" must be the AppSecret from the WeChat console`)
    if (typeof unionScope !== 'string' || !UNION_SCOPE.test(unionScope)) problems.push(`"apps[${i}].unionScope" must be 1 to 64 letters, digits, dots, dashes or underscores`)
    if (previousSecret !== null && (typeof previousSecret !== 'string' || previousSecret.length < 16 || previousSecret === appSecret)) problems.push(`"apps[${i}].previousSecret" must be the AppSecret before the one of "secret"`)
    if (seen.has(appid)) problems.push(`"apps[${i}].appid" stands twice`)
    seen.add(appid)
    return { appid, secret: secret(String(appSecret)), unionScope: String(unionScope), previousSecret: previousSecret === null ? null : secret(String(previousSecret)), push: checkPush(`apps[${i}].push`, push, problems) }
  })
}
