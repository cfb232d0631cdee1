import type { AdminOptions, AppOptions, AuthOptions, ServeOptions } from '../index.js'

/** One variable of the environment, as docs/reference/configuration.md lists it. */
export interface Variable {
  readonly name: string
  readonly meaning: string
  readonly byDefault: string
}

/** Every variable that `tongxing serve` reads. */
export const VARIABLES: readonly Variable[] = [
  { name: 'WECHAT_APPID', meaning: 'AppID of the mini program', byDefault: 'required, unless TONGXING_APPS' },
  { name: 'WECHAT_SECRET', meaning: 'its AppSecret', byDefault: 'required, unless TONGXING_APPS' },
  { name: 'WECHAT_PREVIOUS_SECRET', meaning: 'during a rotation: the AppSecret before, used only when WeChat refuses the new one', byDefault: 'none' },
  { name: 'TONGXING_APPS', meaning: 'several mini programs, as JSON: [{"appid": "…", "secret": "…", "previousSecret"?: "…"}]', byDefault: 'none' },
  { name: 'TONGXING_HOST', meaning: 'address to listen on', byDefault: '127.0.0.1' },
  { name: 'TONGXING_PORT', meaning: 'port to listen on, 0 = any free one', byDefault: '8080' },
  { name: 'TONGXING_ADMIN_PORT', meaning: 'port of the admin listener: metrics and administration', byDefault: 'none, no admin listener' },
  { name: 'TONGXING_ADMIN_HOST', meaning: 'address of the admin listener', byDefault: '127.0.0.1' },
  { name: 'TONGXING_TRUSTED_PROXIES', meaning: 'proxies whose X-Forwarded-For is believed: addresses and ranges, separated by commas', byDefault: 'none; forwarded requests are then not limited per address' },
  { name: 'TONGXING_LIMITS', meaning: '0 switches the limits per address off', byDefault: '1' },
  { name: 'TONGXING_DATA', meaning: 'folder of the database file and keys.json', byDefault: './data' },
  { name: 'TONGXING_PUBLIC_URL', meaning: 'where the outside world reaches the service, for the addresses of avatars', byDefault: 'addresses are paths: /v1/avatars/…' },
  { name: 'TONGXING_STORE', meaning: 'database: sqlite:FILE', byDefault: 'sqlite: and tongxing.db in the data folder' },
  { name: 'TONGXING_KEYS', meaning: 'sealing keys, kid:key,kid:key, newest first (tongxing keys generate)', byDefault: 'keys.json in the data folder; required with NODE_ENV=production' },
  { name: 'TONGXING_SESSION_DAYS', meaning: 'life of a session in days, 1 to 90; a lower one ends the sessions beyond it', byDefault: '7' },
  { name: 'TONGXING_MOST_SESSIONS', meaning: 'most live sessions of one user in one app; with a login beyond it the oldest ends, at the start those beyond a lower one', byDefault: 'any number' },
  { name: 'TONGXING_STRICT', meaning: '1 asks the database at every session check', byDefault: '0' },
  { name: 'TONGXING_LOG_LEVEL', meaning: 'debug, info, warn or error', byDefault: 'info' },
  { name: 'WECHAT_BASE_URL', meaning: 'WeChat\'s server API', byDefault: 'https://api.weixin.qq.com' },
  { name: 'WECHAT_EMULATOR', meaning: '1 allows an emulator at WECHAT_BASE_URL', byDefault: '0' },
]

/** What the environment says. */
export interface Environment {
  readonly auth: AuthOptions
  readonly serve: ServeOptions
  /** null without an admin listener. */
  readonly admin: AdminOptions | null
  readonly logLevel: string
  /** Every mistake found while reading; the values themselves are checked by createAuth. */
  readonly problems: readonly string[]
}

type Variables = Readonly<Record<string, string | undefined>>

const DAY_MS = 86_400_000
const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error']

/** Reads the variables; an empty one counts as absent. */
export function readEnvironment(variables: Variables): Environment {
  const problems: string[] = []
  const text = (name: string): string | undefined => variables[name]?.trim() || undefined
  const integer = (name: string, least: number, most: number): number | undefined => {
    const given = text(name)
    if (given === undefined) return undefined
    const value = Number(given)
    if (Number.isInteger(value) && value >= least && value <= most) return value
    problems.push(`${name} must be an integer from ${least} to ${most}`)
    return undefined
  }
  const flag = (name: string, byDefault = false): boolean => {
    const given = text(name) ?? (byDefault ? '1' : '0')
    if (given !== '0' && given !== '1') problems.push(`${name} must be 0 or 1`)
    return given === '1'
  }
  const logLevel = text('TONGXING_LOG_LEVEL') ?? 'info'
  if (!LEVELS.includes(logLevel)) problems.push(`TONGXING_LOG_LEVEL must be one of ${LEVELS.join(', ')}`)
  const days = integer('TONGXING_SESSION_DAYS', 1, 90)
  return {
    auth: {
      apps: readApps(text, problems),
      ...given('dataDir', text('TONGXING_DATA')),
      ...given('publicURL', text('TONGXING_PUBLIC_URL')),
      ...given('store', text('TONGXING_STORE')),
      ...given('keys', text('TONGXING_KEYS')),
      ...given('sessionLifeMs', days && days * DAY_MS),
      ...given('mostSessions', integer('TONGXING_MOST_SESSIONS', 1, 1000)),
      strict: flag('TONGXING_STRICT'),
      wechat: { emulator: flag('WECHAT_EMULATOR'), ...given('baseURL', text('WECHAT_BASE_URL')) },
    },
    serve: {
      ...given('host', text('TONGXING_HOST')),
      ...given('port', integer('TONGXING_PORT', 0, 65_535)),
      ...given('trustedProxies', text('TONGXING_TRUSTED_PROXIES')?.split(',').map((proxy) => proxy.trim())),
      ...given('limits', flag('TONGXING_LIMITS', true) ? undefined : false as const),
    },
    admin: readAdmin(text('TONGXING_ADMIN_HOST'), integer('TONGXING_ADMIN_PORT', 0, 65_535)),
    logLevel,
    problems,
  }
}

function readAdmin(host: string | undefined, port: number | undefined): AdminOptions | null {
  return port === undefined ? null : { port, ...given('host', host) }
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { [key in Name]?: Value } {
  return value === undefined ? {} : { [name]: value } as { [key in Name]: Value }
}

function readApps(text: (name: string) => string | undefined, problems: string[]): AppOptions[] {
  const list = text('TONGXING_APPS')
  const [appid, secret, previousSecret] = [text('WECHAT_APPID'), text('WECHAT_SECRET'), text('WECHAT_PREVIOUS_SECRET')]
  if (list !== undefined && (appid ?? secret) !== undefined) problems.push('TONGXING_APPS stands beside WECHAT_APPID and WECHAT_SECRET: use one or the other')
  if (list !== undefined) return parseApps(list, problems)
  if (appid === undefined && secret === undefined) return []
  if (appid === undefined) problems.push('WECHAT_APPID is missing')
  if (secret === undefined) problems.push('WECHAT_SECRET is missing')
  return appid !== undefined && secret !== undefined ? [{ appid, secret, ...given('previousSecret', previousSecret) }] : []
}

function parseApps(list: string, problems: string[]): AppOptions[] {
  try {
    const apps: unknown = JSON.parse(list)
    if (Array.isArray(apps) && apps.every(isApp)) return apps
  } catch {
    // the parser's message would repeat the text, and with it the secrets
  }
  problems.push('TONGXING_APPS must be JSON: [{"appid": "…", "secret": "…"}]')
  return []
}

function isApp(value: unknown): value is AppOptions {
  const app = value as AppOptions | null
  return typeof app === 'object' && app !== null && typeof app.appid === 'string' && typeof app.secret === 'string'
}
