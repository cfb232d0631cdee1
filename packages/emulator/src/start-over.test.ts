import { expect, it, onTestFinished } from 'vitest'
import { createEmulator } from './emulator.js'
import type { Emulator, EmulatorOptions } from './emulator.js'

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }

async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await createEmulator(options)
  onTestFinished(() => emulator.close())
  return emulator
}

async function exchange(emulator: Emulator, code: string): Promise<Record<string, unknown>> {
  const query = new URLSearchParams({ appid: USER.appid, secret: emulator.apps[0]?.secret ?? '', js_code: code, grant_type: 'authorization_code' })
  return await (await fetch(`${emulator.url}/sns/jscode2session?${query}`)).json() as Record<string, unknown>
}

const control = (emulator: Emulator, method: string, path: string, body?: unknown) =>
  fetch(`${emulator.url}/_emulator${path}`, { method, ...body !== undefined && { body: JSON.stringify(body) } })

it('reset: apps and people are those of the start, whatever was added or changed', async () => {
  const emulator = await start()
  const before = structuredClone({ apps: emulator.apps, people: emulator.people })
  emulator.addPerson({ id: 'late' })
  emulator.addApp()
  emulator.changePerson('xiaoming', { nickName: '另一个', risk: true })
  emulator.reset()
  expect({ apps: emulator.apps, people: emulator.people }).toEqual(before)
})

it('reset: codes of before are unknown, storages are empty, faults and traffic are gone', async () => {
  const emulator = await start()
  const device = emulator.openDevice(USER)
  await device.wx.setStorage({ key: 'token', data: 'secret' })
  const code = emulator.issueCode(USER)
  emulator.fault({ where: '/sns/jscode2session', errcode: -1, times: 'always' })
  emulator.reset()
  expect([emulator.faults.list(), emulator.traffic.list(), [...emulator.openDevice(USER).storage.keys()]]).toEqual([[], [], []])
  expect(await exchange(emulator, code)).toMatchObject({ errcode: 40029 })
  expect(await exchange(emulator, emulator.issueCode(USER))).toHaveProperty('openid')
})

it('reset: a device of before has ended, a new one works', async () => {
  const emulator = await start()
  const told: string[] = []
  const old = emulator.openDevice(USER)
  old.wx.login({ complete: () => { told.push('old') } })
  emulator.reset()
  old.wx.login({ complete: () => { told.push('old, after') } })
  await emulator.openDevice(USER).wx.login()
  expect(told).toEqual([])
})

it('a saved state is loaded again, here or by another emulator: the same people have the same openids', async () => {
  const [one, other] = [await start(), await start()]
  one.addPerson({ id: 'late' })
  const { openid } = await exchange(one, one.issueCode({ ...USER, person: 'late' }))
  const saved = one.saveState()
  one.changePerson('late', { nickName: 'changed after' })
  other.loadState(saved)
  expect(other.people.map(({ nickName }) => nickName)).toEqual(['小明', 'late'])
  expect(await exchange(other, other.issueCode({ ...USER, person: 'late' }))).toMatchObject({ openid })
  other.reset()
  expect(other.people.map(({ id }) => id)).toEqual(['xiaoming'])
})

it('what is not a state, or lacks something, is refused and changes nothing', async () => {
  const emulator = await start()
  const saved = emulator.saveState()
  expect(() => emulator.loadState({} as never)).toThrow('not a state of the emulator')
  expect(() => emulator.loadState({ ...saved, apps: [{}] as never })).toThrow('"apps[0].appid" is missing')
  expect(emulator.saveState()).toEqual(saved)
})

it('control API: PUT of what GET gave, also with thousands of people, and reset', async () => {
  const emulator = await start()
  for (let n = 0; n < 2000; n++) emulator.addPerson({ id: `p${n}` })
  const saved: unknown = await (await control(emulator, 'GET', '/state')).json()
  expect((await control(emulator, 'POST', '/reset')).status).toBe(200)
  expect(emulator.people).toHaveLength(1)
  expect(await (await control(emulator, 'PUT', '/state', saved)).json()).toEqual(saved)
  expect(emulator.people).toHaveLength(2001)
  const refused = await control(emulator, 'PUT', '/state', { version: 2 })
  expect([refused.status, await refused.json()]).toEqual([400, { error: expect.stringContaining('not a state of the emulator') as string }])
})

it('reset: a seed is not rewound, so that no code of before comes again', async () => {
  const emulator = await start({ seed: 'x' })
  const before = emulator.issueCode(USER)
  emulator.reset()
  expect(emulator.issueCode(USER)).not.toBe(before)
})
