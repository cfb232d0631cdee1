import { afterEach, expect, it, vi } from 'vitest'
import { createAuth } from './auth.js'
import { problemsOf } from './foundation.js'
import { checkOptions } from './config.js'
import type { AuthOptions } from './config.js'
import { ConfigError } from './errors.js'

const SECRET = '0123456789abcdef0123456789abcdef'
const real = { appid: 'wx0123456789abcdef', secret: SECRET }
const emulated = { appid: 'wxemu0123456789abc', secret: SECRET }
const KEYS = '01234567:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
const emulator = { emulator: true, baseURL: 'http://127.0.0.1:7070' }
afterEach(() => { vi.unstubAllEnvs() })

it('takes a real app with nothing else, and fills in the defaults', () => {
  const problems: string[] = []
  const config = checkOptions({ apps: [real] }, problems)
  expect(problems).toEqual([])
  expect([config.wechat.baseURL, config.sessionLifeMs, config.strict]).toEqual(['https://api.weixin.qq.com', 604_800_000, false])
  expect(JSON.stringify(config)).not.toContain(SECRET)
})

it('reports every mistake in one error, those of the keys too, and no secret in it', async () => {
  const options: AuthOptions = {
    apps: [{ appid: 'nonsense', secret: 'short' }, real, real], store: 'oracle:x', sessionLifeMs: 5, feed: { pollMs: -1 }, keys: 'nonsense', wechat: { baseURL: 'ftp://x', timeoutMs: 1.5 },
  }
  const problems = problemsOf(options)
  expect(problems).toHaveLength(9)
  await expect(createAuth(options)).rejects.toThrow(ConfigError)
  expect(problems.join()).not.toContain(SECRET)
})

it.each<[string, AuthOptions, string]>([
  ['an emulator that was not asked for', { apps: [real], wechat: { baseURL: 'http://127.0.0.1:7070' } }, 'development'],
  ['an emulator on another machine', { apps: [emulated], wechat: { emulator: true, baseURL: 'http://10.0.0.5:7070' } }, 'development'],
  ['an emulator in production', { apps: [emulated], wechat: emulator, keys: KEYS }, 'production'],
  ['a real AppID at an emulator', { apps: [real], wechat: emulator }, 'development'],
  ['an emulator AppID at WeChat', { apps: [emulated] }, 'development'],
  ['an emulator AppID in production', { apps: [emulated], keys: KEYS }, 'production'],
  ['WeChat without TLS', { apps: [real], wechat: { baseURL: 'http://api.weixin.qq.com' } }, 'development'],
  ['a host that only ends like WeChat’s', { apps: [real], wechat: { baseURL: 'https://api.weixin.qq.com.evil.example' } }, 'development'],
  ['production without keys of its own', { apps: [real] }, 'production'],
])('T51, T52, T53: refuses %s', (_name, options, environment) => {
  vi.stubEnv('NODE_ENV', environment)
  expect(problemsOf(options).length).toBeGreaterThan(0)
})

it.each<[string, AuthOptions]>([
  ['an emulator with its AppIDs, on loopback', { apps: [emulated], wechat: emulator }],
  ['an emulator on localhost', { apps: [emulated], wechat: { ...emulator, baseURL: 'http://localhost:7070' } }],
  ['WeChat’s other entrances', { apps: [real], wechat: { baseURL: 'https://api2.weixin.qq.com' } }],
])('T51: takes %s', (_name, options) => {
  vi.stubEnv('NODE_ENV', 'development')
  expect(problemsOf(options)).toEqual([])
})

it('T50: a content check whose verdicts on avatars could never come does not start', () => {
  const push = { token: 'AAAAA', encodingAESKey: 'a'.repeat(43) }
  const other = { appid: 'wxfedcba9876543210', secret: SECRET }
  const problems = (options: Omit<AuthOptions, 'contentCheck'>, contentCheck: AuthOptions['contentCheck'] = true): string => problemsOf({ ...options, contentCheck }).join()
  expect(problems({ apps: [{ ...real, push }, other] })).toMatch(/"publicURL".*"apps\[1\]\.push"/)
  expect(problems({ apps: [{ ...real, push }], publicURL: 'https://api.example.com' })).toBe('')
  expect(problems({ apps: [real] }, { avatars: false })).toBe('')
})

it.each<[string, unknown]>([
  ['null for an app', { apps: [null] }],
  ['text for the apps', { apps: 'wx0123456789abcdef' }],
  ['null for the store', { apps: [real], store: null }],
  ['a number for the keys', { apps: [real], keys: 5 }],
  ['ftp for the emulator', { apps: [emulated], wechat: { emulator: true, baseURL: 'ftp://localhost' } }],
])('refuses %s with a sentence', (_name, options) => {
  expect(problemsOf(options as AuthOptions).length).toBeGreaterThan(0)
})
