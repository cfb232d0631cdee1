import { expect, it } from 'vitest'
import { VARIABLES, readEnvironment } from './environment.js'

it('reads every variable', () => {
  const { auth, serve, logLevel, problems } = readEnvironment({
    WECHAT_APPID: 'wx0123456789abcdef', WECHAT_SECRET: 's', WECHAT_PREVIOUS_SECRET: 'p', TONGXING_HOST: '0.0.0.0', TONGXING_PORT: '0', TONGXING_DATA: 'd', TONGXING_STORE: 'sqlite:x',
    TONGXING_KEYS: 'k', TONGXING_SESSION_DAYS: '2', TONGXING_MOST_SESSIONS: '3', TONGXING_STRICT: '1', TONGXING_LOG_LEVEL: 'warn', WECHAT_BASE_URL: 'http://127.0.0.1:1', WECHAT_EMULATOR: '1',
  })
  expect(problems).toEqual([])
  expect([serve, logLevel]).toEqual([{ host: '0.0.0.0', port: 0 }, 'warn'])
  expect(auth).toEqual({
    apps: [{ appid: 'wx0123456789abcdef', secret: 's', previousSecret: 'p' }], dataDir: 'd', store: 'sqlite:x', keys: 'k', sessionLifeMs: 172_800_000, mostSessions: 3, strict: true,
    wechat: { emulator: true, baseURL: 'http://127.0.0.1:1' },
  })
})

it('reads several apps from JSON', () => {
  const apps = [{ appid: 'wx0123456789abcdef', secret: 'a' }, { appid: 'wx0123456789abcdee', secret: 'b' }]
  expect(readEnvironment({ TONGXING_APPS: JSON.stringify(apps) }).auth.apps).toEqual(apps)
})

it('T50: names every mistake at once, and repeats no value', () => {
  const { problems } = readEnvironment({
    WECHAT_APPID: 'wx0123456789abcdef', TONGXING_PORT: '99999', TONGXING_SESSION_DAYS: 'week', TONGXING_STRICT: 'yes', TONGXING_LOG_LEVEL: 'loud', WECHAT_EMULATOR: 'true',
  })
  expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual(['TONGXING_LOG_LEVEL', 'TONGXING_PORT', 'TONGXING_SESSION_DAYS', 'TONGXING_STRICT', 'WECHAT_EMULATOR', 'WECHAT_SECRET'])
  expect(readEnvironment({ TONGXING_APPS: '[{"appid":"a","secret":"hunter2"' }).problems.join()).not.toContain('hunter2')
})

it('counts an empty variable as absent', () => {
  expect(readEnvironment(Object.fromEntries(VARIABLES.map(({ name }) => [name, '']))).problems).toEqual([])
})

it('says that two ways to name the apps stand side by side', () => {
  const apps = JSON.stringify([{ appid: 'wx0123456789abcdef', secret: 'a' }])
  expect(readEnvironment({ TONGXING_APPS: apps, WECHAT_APPID: 'wx0123456789abcdef', WECHAT_SECRET: 'a' }).problems).toHaveLength(1)
})
