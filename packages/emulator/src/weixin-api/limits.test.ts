import { expect, it, onTestFinished } from 'vitest'
import { createEmulator } from '../emulator.js'
import type { Emulator, EmulatorOptions } from '../emulator.js'
import { createQuotaCounter } from '../quotas.js'
import type { AppOptions } from '../app.js'

// 2026-11-18 14:00 in China, on the minute.
const NOON = Date.UTC(2026, 10, 18, 6)
const MING = { appid: 'wxemu00000000000aa', person: 'ming' }

async function open(app: AppOptions, options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await createEmulator({ clock: { now: () => NOON }, apps: [{ ...app, appid: MING.appid }, { appid: 'wxemu00000000000bb' }], people: [{ id: 'ming' }], ...options })
  onTestFinished(() => emulator.close())
  return emulator
}

type Answer = { errcode?: number, errmsg?: string, access_token: string, openid?: string }

const credentials = (emulator: Emulator, index = 0) => ({ appid: emulator.apps[index]?.appid ?? '', secret: emulator.apps[index]?.secret ?? '' })
const get = async (emulator: Emulator, path: string, query: Record<string, string>) => await (await fetch(`${emulator.url}${path}?${new URLSearchParams(query).toString()}`)).json() as Answer
const classic = (emulator: Emulator, index = 0) => get(emulator, '/cgi-bin/token', { ...credentials(emulator, index), grant_type: 'client_credential' })
const post = async (emulator: Emulator, path: string, body: object) => await (await fetch(emulator.url + path, { method: 'POST', body: JSON.stringify(body) })).json() as Answer
const stable = (emulator: Emulator) => post(emulator, '/cgi-bin/stable_token', { ...credentials(emulator), grant_type: 'client_credential' })
const exchange = (emulator: Emulator) => get(emulator, '/sns/jscode2session', { ...credentials(emulator), grant_type: 'authorization_code', js_code: emulator.issueCode(MING) })

it('gives no access_token to an address that is not on the app\'s list: 40164, naming the address; a login needs none', async () => {
  const emulator = await open({ ipWhitelist: ['10.1.2.3'] })
  for (const answer of [await classic(emulator), await stable(emulator)]) {
    expect(answer).toMatchObject({ errcode: 40164, errmsg: expect.stringMatching(/^invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid: /) as string })
  }
  expect((await exchange(emulator)).openid).toBeDefined()
  emulator.apps[0]!.ipWhitelist = ['127.0.0.1']
  expect((await classic(emulator)).access_token).toBeDefined()
})

it('says 40125 to a wrong secret before it looks at the address', async () => {
  const emulator = await open({ ipWhitelist: [] })
  expect((await get(emulator, '/cgi-bin/token', { ...credentials(emulator), secret: 'x', grant_type: 'client_credential' })).errcode).toBe(40125)
})

it('counts a day\'s calls per app and path: 45009 from the next one until midnight in China', async () => {
  const emulator = await open({ quotas: { '/cgi-bin/token': { day: 2 }, '/sns/jscode2session': { day: 1 } } })
  expect([(await classic(emulator)).errcode, (await classic(emulator)).errcode, (await classic(emulator)).errcode]).toEqual([undefined, undefined, 45009])
  expect((await classic(emulator, 1)).errcode).toBeUndefined()
  expect([(await exchange(emulator)).errcode, (await exchange(emulator)).errcode]).toEqual([undefined, 45009])
  emulator.clock.advance(10 * 3600_000 - 1)
  expect((await classic(emulator)).errcode).toBe(45009)
  emulator.clock.advance(1)
  expect((await classic(emulator)).errcode).toBeUndefined()
})

it.each([
  ['/wxa/business/getuserphonenumber', 45011], ['/wxa/msg_sec_check', 44991], ['/wxa/media_check_async', 44991], ['/wxa/getpluginopenpid', 1003],
])('answers too many calls of %s in a minute with %i, until the next one', async (path, errcode) => {
  const emulator = await open({ quotas: { [path]: { minute: 1 } } })
  const { access_token: token } = await stable(emulator)
  const call = async () => (await post(emulator, `${path}?access_token=${token}`, { code: 'x' })).errcode
  expect([await call() === errcode, await call()]).toEqual([false, errcode])
  emulator.clock.advance(60_000)
  expect(await call()).not.toBe(errcode)
})

it('does not count a call with a bad access_token or a wrong secret', async () => {
  const emulator = await open({ quotas: { '/wxa/msg_sec_check': { day: 1 }, '/cgi-bin/token': { day: 1 } } })
  const call = async (token: string) => (await post(emulator, `/wxa/msg_sec_check?access_token=${token}`, { content: 'x' })).errcode
  expect([await call('bad'), await call('bad')]).toEqual([40001, 40001])
  expect((await get(emulator, '/cgi-bin/token', { ...credentials(emulator), secret: 'x', grant_type: 'client_credential' })).errcode).toBe(40125)
  const { access_token: token } = await classic(emulator)
  expect([await call(token), await call(token)]).toEqual([0, 45009])
})

it('lets every app have ten thousand stable_tokens in a minute and half a million in a day, as the docs say', () => {
  let now = NOON
  const quotas = createQuotaCounter(() => now, () => undefined)
  const take = (times: number) => Array.from({ length: times }, () => quotas.take(MING.appid, '/cgi-bin/stable_token')).find((beyond) => beyond !== undefined)
  for (let minute = 0; minute < 50; minute++) {
    expect(take(10_000)).toBeUndefined()
    if (minute === 0) expect(quotas.take(MING.appid, '/wxa/anything')).toBeUndefined()
    now += 60_000
  }
  expect(take(1)).toBe('day')
  now += 24 * 3600_000
  expect([take(10_000), take(1)]).toEqual([undefined, 'minute'])
})

it('is set and lifted over the control API, which refuses what makes no sense', async () => {
  const emulator = await open({})
  const set = async (change: object) => post(emulator, '/_emulator/limits', { appid: MING.appid, ...change }) as Promise<object>
  expect(await set({ ipWhitelist: ['10.0.0.1'], quotas: { '/sns/jscode2session': { day: 0 } } })).toEqual({ appid: MING.appid, ipWhitelist: ['10.0.0.1'], quotas: { '/sns/jscode2session': { day: 0 } } })
  expect([(await classic(emulator)).errcode, (await exchange(emulator)).errcode]).toEqual([40164, 45009])
  expect(await set({ ipWhitelist: null })).toMatchObject({ ipWhitelist: null, quotas: { '/sns/jscode2session': { day: 0 } } })
  await set({ quotas: null })
  expect([(await classic(emulator)).errcode, (await exchange(emulator)).errcode]).toEqual([undefined, undefined])
  for (const change of [{ ipWhitelist: '10.0.0.1' }, { quotas: { '/x': { week: 1 } } }, { quotas: { x: {} } }, { appid: 'wx1' }]) expect(await set(change)).toHaveProperty('error')
})

it('refuses quotas that make no sense', async () => {
  const emulator = await open({})
  expect(() => emulator.addApp({ quotas: { token: { day: 1 } } })).toThrow('must be a path')
  expect(() => emulator.addApp({ quotas: { '/cgi-bin/token': { day: -1 } } })).toThrow('0 or more')
})
