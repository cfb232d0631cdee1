/**
 * What goes wrong, where, and how often. The same rule from code, on the command line, in the control API and on the page.
 * Requests are wx.request, wx.uploadFile and wx.downloadFile.
 */
export interface FaultRule {
  /** A path of WeChat's server API (`/sns/jscode2session`), a function of the phone (`wx.login`), or `storage`: each write to it. */
  readonly where: string

  /** Server API: answer this errcode. */
  readonly errcode?: number
  /** Server API, requests: answer this text as it stands. */
  readonly body?: string
  /** Server API, requests: HTTP status of the answer. */
  readonly status?: number
  /** Server API, requests: an HTML page with status 502, as a proxy whose server is away answers. */
  readonly html502?: boolean
  /** Server API, requests: the connection is cut instead of an answer. */
  readonly drop?: boolean
  /** Server API, requests: the second half of the real answer is missing. */
  readonly truncate?: boolean
  /** Server API, requests: the real answer arrives as unreadable bytes. */
  readonly garble?: boolean
  /** Server API, requests: do the real work first (the code is used up), then go wrong. Default: false. */
  readonly after?: boolean

  /** Phone and storage: fail with `<api>:fail ` and this text. */
  readonly errMsg?: string
  /** Phone: errno beside errMsg (base library 2.24.0). */
  readonly errno?: number
  /** Phone: never call back, unless the function's own timeout ends it. */
  readonly hang?: boolean
  /** wx.login: succeed with `code: ''`. */
  readonly emptyCode?: boolean
  /** wx.login: succeed with `fromCache: true` and the code of the login before, if there was one. */
  readonly fromCache?: boolean

  /** Server API, phone: answer so many ms later, by the emulator's clock. May stand beside any other. */
  readonly delayMs?: number

  /** How many calls, or `always`: until undone. Default: 1; with `probability`: `always`. */
  readonly times?: number | 'always'
  /** Each call goes wrong with this probability, 0 to 1. Default: 1. */
  readonly probability?: number
  /** Only calls of this mini program. */
  readonly appid?: string
  /** Only calls from the phone of this person. The server API does not know whom a call is about. */
  readonly person?: string
}

/** Short form for a path of the server API: `path` instead of `where`. */
export type PathFaultRule = Omit<FaultRule, 'where'> & { readonly path: string }

/** Functions of `wx` that carry HTTP. */
export const REQUESTS: readonly string[] = ['wx.request', 'wx.uploadFile', 'wx.downloadFile']

type Place = 'path' | 'request' | 'login' | 'wx' | 'storage'
type Member = Exclude<keyof FaultRule, 'where'>

interface MemberInfo {
  readonly type: 'number' | 'text' | 'flag'
  readonly places: readonly Place[]
  /** Whether it alone makes something go wrong. */
  readonly effect: boolean
  /** What a value must be, and whether it is. */
  readonly must: string
  readonly fits: (value: unknown) => boolean
}

const HTTP: readonly Place[] = ['path', 'request']
const PHONE: readonly Place[] = ['request', 'login', 'wx']
const EVERYWHERE: readonly Place[] = ['path', ...PHONE, 'storage']
/** What a timer takes; beyond it it would fire at once. */
const LONGEST_DELAY = 2 ** 31 - 1

const flag = (places: readonly Place[], effect = true): MemberInfo => ({ type: 'flag', places, effect, must: 'true or false', fits: (value) => typeof value === 'boolean' })
const text = (places: readonly Place[], effect: boolean): MemberInfo => ({ type: 'text', places, effect, must: 'a text', fits: (value) => typeof value === 'string' })
const number = (places: readonly Place[], effect: boolean, must: string, fits: (value: number) => boolean): MemberInfo =>
  ({ type: 'number', places, effect, must, fits: (value) => typeof value === 'number' && fits(value) })

const MEMBERS: Readonly<Record<Member, MemberInfo>> = {
  errcode: number(['path'], true, 'a whole number', Number.isInteger),
  body: text(HTTP, true),
  status: number(HTTP, true, '200 to 599', (value) => Number.isInteger(value) && value >= 200 && value <= 599),
  html502: flag(HTTP),
  drop: flag(HTTP),
  truncate: flag(HTTP),
  garble: flag(HTTP),
  after: flag(HTTP, false),
  errMsg: text([...PHONE, 'storage'], true),
  errno: number(PHONE, false, 'a whole number', Number.isInteger),
  hang: flag(PHONE),
  emptyCode: flag(['login']),
  fromCache: flag(['login']),
  delayMs: number(['path', ...PHONE], true, `0 to ${LONGEST_DELAY} milliseconds`, (value) => value >= 0 && value <= LONGEST_DELAY),
  times: { type: 'number', places: EVERYWHERE, effect: false, must: '1 or more, or "always"', fits: (value) => value === 'always' || (typeof value === 'number' && value >= 1) },
  probability: number(EVERYWHERE, false, 'more than 0, at most 1', (value) => value > 0 && value <= 1),
  appid: text(EVERYWHERE, false),
  person: text([...PHONE, 'storage'], false),
}

const isMember = (name: string): name is Member => Object.hasOwn(MEMBERS, name)

function placeOf(where: unknown): Place | undefined {
  if (typeof where !== 'string') return undefined
  if (/^\/\S+$/.test(where)) return 'path'
  if (where === 'storage') return 'storage'
  if (REQUESTS.includes(where)) return 'request'
  if (where === 'wx.login') return 'login'
  return /^wx\.\w+$/.test(where) ? 'wx' : undefined
}

/** What can go wrong at a place, each with the kind of value it takes; nothing for a place that makes no sense. */
export function effectsAt(where: string): readonly { readonly name: Member, readonly type: MemberInfo['type'] }[] {
  const place = placeOf(where)
  return Object.entries(MEMBERS).flatMap(([name, { type, places, effect }]) => place !== undefined && effect && places.includes(place) ? [{ name: name as Member, type }] : [])
}

/** The rule, checked and complete. Throws TypeError that names everything which makes no sense. */
export function readRule(given: object): FaultRule {
  const { path, ...rest } = given as Record<string, unknown>
  const rule: Record<string, unknown> = path === undefined ? rest : { where: path, ...rest }
  const place = placeOf(rule['where'])
  const problems = place === undefined ? ['"where" must be a path such as "/sns/jscode2session", a function such as "wx.login", or "storage"'] : []
  for (const [name, value] of Object.entries(rule)) {
    if (name === 'where' || value === undefined) continue
    if (!isMember(name)) problems.push(`there is no "${name}"; there are ${Object.keys(MEMBERS).join(', ')}`)
    else if (!MEMBERS[name].fits(value)) problems.push(`"${name}" must be ${MEMBERS[name].must}`)
    else if (place !== undefined && !MEMBERS[name].places.includes(place)) problems.push(`"${name}" makes no sense at ${String(rule['where'])}`)
  }
  if (place === 'storage') rule['errMsg'] ??= 'Failed To Send Sync'
  else if (problems.length === 0 && !hasEffect(rule)) problems.push(`it does not say what goes wrong: one of ${effectsAt(String(rule['where'])).map(({ name }) => name).join(', ')}`)
  if (problems.length > 0) throw new TypeError(`fault rule: ${problems.join('; ')}`)
  return rule as unknown as FaultRule
}

const hasEffect = (rule: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(rule).some(([name, value]) => isMember(name) && MEMBERS[name].effect && value !== undefined && value !== false)

const WORDS = /([\w.]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))|(\S+)/g

/**
 * Reads a rule written in one line: the place, then members, `name=value` or a bare name for a flag.
 * `/sns/jscode2session errcode=-1 times=3` · `wx.login errMsg="system error" probability=0.3` · `storage always`
 * Throws TypeError.
 *
 * ```ts
 * emulator.fault(parseRule('/sns/jscode2session errcode=-1 times=3'))
 * ```
 */
export function parseRule(line: string): FaultRule {
  const [where = '', ...words] = [...line.trim().matchAll(WORDS)]
  const members = words.map(([, name, quoted, plain, bare]) => {
    if (bare === 'always') return ['times', 'always']
    if (name === undefined) return [bare ?? '', true]
    return [name, quoted === undefined ? readValue(name, plain ?? '') : unquote(quoted)]
  })
  return readRule({ where: where[0], ...Object.fromEntries(members) as object })
}

function unquote(quoted: string): string {
  try {
    return JSON.parse(`"${quoted}"`) as string
  } catch {
    throw new TypeError(`fault rule: "${quoted}" is no quoted text; escape as JSON does`)
  }
}

function readValue(name: string, value: string): unknown {
  const type = isMember(name) ? MEMBERS[name].type : 'text'
  if (type === 'number' && value !== '' && !Number.isNaN(Number(value))) return Number(value)
  return type === 'flag' && /^(true|false)$/.test(value) ? value === 'true' : value
}

/**
 * The line that parseRule() reads.
 *
 * ```ts
 * printRule({ where: 'wx.login', errMsg: 'system error' }) // wx.login errMsg="system error"
 * ```
 */
export function printRule(rule: FaultRule): string {
  const members = (Object.keys(MEMBERS) as Member[]).flatMap((name) => {
    const value = rule[name]
    if (value === undefined || value === false) return []
    if (value === true) return [name]
    if (name === 'times' && (value === 'always' || value === Infinity)) return ['always']
    return [`${name}=${typeof value === 'number' ? value : /^[\w.:/-]+$/.test(value) ? value : JSON.stringify(value)}`]
  })
  return [rule.where, ...members].join(' ')
}
