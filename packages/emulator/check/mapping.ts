import { readFileSync } from 'node:fs'
import { placeholdersOf } from './template.js'

/** One route of the back end under test. `{…}` in path, headers and body is filled in for each request. */
export interface RouteMapping {
  /** Default: `POST`; `GET` for `me`. */
  readonly method?: string
  /** Below the back end's URL, with query if need be: `/api/login?code={code}`. */
  readonly path: string
  /** How the body is sent. Default: `json`. */
  readonly type?: 'json' | 'form'
  readonly body?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** An AppID that both sides know. */
export interface AppMapping {
  /** `wxemu` and 13 hex digits. */
  readonly appid: string
  readonly secret: string
}

/** How a login back end is spoken to. Pointers are JSON pointers (RFC 6901) into its answer. */
export interface Mapping {
  /** The AppIDs that the back end is configured with. Default: one, {@link DEFAULT_APP}. */
  readonly apps?: readonly AppMapping[]
  /** Placeholders: `{code}`, `{appid}`. `token`: where the token stands, a pointer or `header:NAME`. */
  readonly login: RouteMapping & { readonly token: string }
  /** How the token is sent. Default: `{"authorization": "Bearer {token}"}`. */
  readonly authorization?: Readonly<Record<string, string>>
  /** A protected route that says who asks. `user`: where the user's id stands. */
  readonly me: RouteMapping & { readonly user: string }
  readonly logout?: RouteMapping
  /** Takes what wx.getUserProfile gives. Placeholders: `{rawData}`, `{signature}`, `{encryptedData}`, `{iv}`. */
  readonly profile?: RouteMapping
  /** Takes the code of the phone button. Placeholder: `{code}`. */
  readonly phone?: RouteMapping
  /** For back ends that answer 200 to everything: an answer is a yes only when this stands in it, `{"at": "/code", "equals": 0}`. */
  readonly success?: { readonly at: string, readonly equals: unknown }
}

/**
 * A mapping that cannot be used; the message lists everything that is wrong with it.
 *
 * ```ts
 * try {
 *   readMapping('mapping.json')
 * } catch (error) {
 *   if (error instanceof MappingError) console.error(error.message)
 * }
 * ```
 */
export class MappingError extends Error {}

/**
 * The AppID and AppSecret that are used when the mapping names none.
 *
 * ```ts
 * const { appid, secret } = readMapping('mapping.json').apps?.[0] ?? DEFAULT_APP
 * ```
 */
export const DEFAULT_APP: AppMapping = { appid: 'wxemu0123456789abc', secret: '7c6f5e4d3c2b1a09f8e7d6c5b4a39281' }

type RouteName = 'login' | 'me' | 'logout' | 'profile' | 'phone'

const PLACEHOLDERS: Readonly<Record<RouteName, readonly string[]>> = {
  login: ['code', 'appid'],
  me: ['appid'],
  logout: ['appid'],
  profile: ['rawData', 'signature', 'encryptedData', 'iv', 'appid'],
  phone: ['code', 'appid'],
}

/**
 * Reads a mapping file. Throws {@link MappingError}.
 *
 * ```ts
 * const report = await runCheck({ backEnd: 'http://127.0.0.1:3000', mapping: readMapping('mapping.json') })
 * ```
 */
export function readMapping(file: string): Mapping {
  return checkMapping(parse(file, read(file)))
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new MappingError(code === 'ENOENT' ? `mapping: there is no file ${file}; the README of @tongxing/emulator shows one to start from` : `mapping: cannot read ${file}: ${message}`)
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const message = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error)
    throw new MappingError(`mapping: ${file} is no JSON (no comments, no comma after the last member): ${message}`)
  }
}

/**
 * Returns the value as a mapping. Throws {@link MappingError} that lists all that is wrong.
 *
 * ```ts
 * const mapping = checkMapping({ login: { path: '/api/login', body: { code: '{code}' }, token: '/token' }, me: { path: '/api/me', user: '/id' } })
 * ```
 */
export function checkMapping(value: unknown): Mapping {
  const problems: string[] = []
  if (!isObject(value)) throw new MappingError('mapping: must be an object with "login" and "me"')
  const known = ['apps', 'login', 'authorization', 'me', 'logout', 'profile', 'phone', 'success']
  for (const name of Object.keys(value)) if (!known.includes(name)) problems.push(`"${name}" is unknown; known: ${known.join(', ')}`)
  for (const name of ['login', 'me', 'logout', 'profile', 'phone'] as const) checkRoute(name, value[name], problems)
  checkApps(value['apps'], problems)
  checkPointer('login.token', isObject(value['login']) ? value['login']['token'] : '', problems, /^(\/|header:\S)/)
  checkPointer('me.user', isObject(value['me']) ? value['me']['user'] : '', problems)
  if (value['success'] !== undefined) checkPointer('success.at', isObject(value['success']) ? value['success']['at'] : undefined, problems)
  const authorization = value['authorization']
  if (authorization !== undefined && !placeholdersOf(authorization).includes('token')) problems.push('"authorization" must hold {token} in a header')
  if (placeholdersOf([at(value, 'login', 'path'), at(value, 'login', 'body'), at(value, 'login', 'headers')]).every((name) => name !== 'code')) problems.push('"login" must hold {code} in its path, body or headers')
  if (problems.length > 0) throw new MappingError(`mapping: ${problems.join('; ')}`)
  return value as unknown as Mapping
}

function checkRoute(name: RouteName, route: unknown, problems: string[]): void {
  if (route === undefined && name !== 'login' && name !== 'me') return
  if (!isObject(route)) return void problems.push(`"${name}" must be an object`)
  const { method = 'GET', path, type = 'json' } = route
  if (typeof method !== 'string' || !/^[A-Z]+$/.test(method)) problems.push(`"${name}.method" must be like "POST"`)
  if (typeof path !== 'string' || !path.startsWith('/')) problems.push(`"${name}.path" must begin with /`)
  if (type !== 'json' && type !== 'form') problems.push(`"${name}.type" must be json or form`)
  const strays = placeholdersOf([path, route['body'], route['headers']]).filter((placeholder) => !PLACEHOLDERS[name].includes(placeholder))
  if (strays.length > 0) problems.push(`"${name}" has {${strays.join('}, {')}}; known there: {${PLACEHOLDERS[name].join('}, {')}}`)
}

function checkApps(apps: unknown, problems: string[]): void {
  if (apps === undefined) return
  if (!Array.isArray(apps) || apps.length === 0) return void problems.push('"apps" must be a list of {appid, secret}')
  for (const app of apps as unknown[]) {
    if (typeof at(app, 'secret') !== 'string' || !/^wxemu[0-9a-f]{13}$/.test(String(at(app, 'appid')))) problems.push('each of "apps" needs a secret, and an appid of wxemu and 13 hex digits (a real AppID has no place here)')
  }
}

function checkPointer(name: string, pointer: unknown, problems: string[], form = /^\//): void {
  if (typeof pointer !== 'string' || !form.test(pointer)) problems.push(`"${name}" must be a JSON pointer such as "/data/token"`)
}

function at(value: unknown, ...steps: string[]): unknown {
  return steps.reduce<unknown>((inner, step) => isObject(inner) ? inner[step] : undefined, value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
