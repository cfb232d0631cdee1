import { expect, it, onTestFinished } from 'vitest'
import type { CallFrequency } from './call-frequency.js'
import { createEmulator } from './emulator.js'

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }

/** A phone, and what an exchange of its code answers. */
async function openPhone(callFrequency?: CallFrequency) {
  const emulator = await createEmulator({ clock: { now: () => 1_700_000_000_000 }, apps: [{ appid: USER.appid, ...callFrequency && { callFrequency } }], people: [{ id: 'xiaoming' }, { id: 'other' }] })
  onTestFinished(() => emulator.close())
  const exchange = async (code: string): Promise<{ openid?: string, errcode?: number }> => {
    const query = new URLSearchParams({ appid: USER.appid, secret: emulator.apps[0]?.secret ?? '', js_code: code, grant_type: 'authorization_code' })
    return await (await fetch(`${emulator.url}/sns/jscode2session?${query}`)).json() as { errcode?: number }
  }
  const device = emulator.openDevice(USER)
  return { emulator, device, exchange, login: async (phone = device) => exchange((await phone.wx.login()).code) }
}

it('the fifth of the ruled calls in a second is too many: its code is 45009, and the next second’s is good', async () => {
  const { emulator, device, login } = await openPhone({ perSecond: 4 })
  await device.wx.getSetting()
  await device.relaunch().wx.checkSession().catch(() => undefined)
  const again = emulator.openDevice({ ...USER, device: 'tablet' })
  expect([await login(again), await login(again)].map(({ errcode }) => errcode)).toEqual([undefined, undefined])
  expect(await login(again)).toMatchObject({ errcode: 45009 })
  expect(await login(emulator.openDevice({ ...USER, person: 'other' }))).toHaveProperty('openid')
  emulator.clock.advance(1000)
  expect(await login(again)).toHaveProperty('openid')
})

it('beyond the day’s calls of all users codes are 45009 until midnight in China', async () => {
  const { emulator, login } = await openPhone({ perDay: 2 })
  expect(await login()).toHaveProperty('openid')
  expect(await login(emulator.openDevice({ ...USER, person: 'other' }))).toHaveProperty('openid')
  expect(await login()).toMatchObject({ errcode: 45009 })
  emulator.clock.advance(86_400_000)
  expect(await login()).toHaveProperty('openid')
})

it('without a rule nothing is too often, and a rule that makes no sense is refused', async () => {
  const { login } = await openPhone()
  for (let n = 0; n < 6; n++) expect(await login()).toHaveProperty('openid')
  await expect(createEmulator({ apps: [{ callFrequency: { perSecond: -1 } }] })).rejects.toThrow(TypeError)
})
