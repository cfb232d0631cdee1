import { expect, it, onTestFinished } from 'vitest'
import { createEmulator } from './emulator.js'
import type { AppUser } from './state.js'

const [SHOP, CLUB, OTHER, ALONE] = ['wxemu00000000000a1', 'wxemu00000000000a2', 'wxemu00000000000a3', 'wxemu00000000000a4']

interface Session { openid?: string, unionid?: string, errcode?: number }

/** Two mini programs of one Open Platform account, one of another, and one that is not bound. */
async function open() {
  const emulator = await createEmulator({
    apps: [{ appid: SHOP, unionScope: 'acme' }, { appid: CLUB, unionScope: 'acme' }, { appid: OTHER, unionScope: 'else' }, { appid: ALONE }],
    people: [{ id: 'ming', unionid: 'oUnionOfMing' }, { id: 'hong', unionid: 'oUnionOfHong' }, { id: 'risky', unionid: 'oUnionOfRisky', risk: true }],
  })
  onTestFinished(() => emulator.close())
  const login = async ({ appid, person }: AppUser): Promise<Session> => {
    const { code } = await emulator.openDevice({ appid, person }).wx.login()
    const secret = emulator.apps.find((app) => app.appid === appid)?.secret ?? ''
    const query = new URLSearchParams({ appid, secret, js_code: code, grant_type: 'authorization_code' })
    return await (await fetch(`${emulator.url}/sns/jscode2session?${query}`)).json() as Session
  }
  return { emulator, login }
}

it('one Open Platform account: the same unionid and an openid each; another account: another unionid; not bound: none', async () => {
  const { login } = await open()
  const [shop, club, other, alone] = await Promise.all([SHOP, CLUB, OTHER, ALONE].map((appid) => login({ appid, person: 'ming' })))
  expect(new Set([shop, club, other, alone].map((session) => session?.openid)).size).toBe(4)
  expect([shop?.unionid, club?.unionid]).toEqual(['oUnionOfMing', 'oUnionOfMing'])
  expect(other?.unionid).toMatch(/^o(?!UnionOfMing)/)
  expect(alone).not.toHaveProperty('unionid')
  expect((await login({ appid: CLUB, person: 'hong' })).unionid).toBe('oUnionOfHong')
})

it('an app that is bound later gives the unionid from then on, with the openid of before', async () => {
  const { emulator, login } = await open()
  const before = await login({ appid: ALONE, person: 'ming' })
  const app = emulator.apps.find(({ appid }) => appid === ALONE) ?? expect.fail()
  app.unionScope = 'acme'
  expect(await login({ appid: ALONE, person: 'ming' })).toMatchObject({ openid: before.openid, unionid: 'oUnionOfMing' })
})

it('a high-risk user is 40226 in every mini program, and learns no openid, until WeChat thinks better of it', async () => {
  const { emulator, login } = await open()
  for (const appid of [SHOP, OTHER]) {
    const refused = await login({ appid, person: 'risky' })
    expect([refused.errcode, refused.openid, refused.unionid]).toEqual([40226, undefined, undefined])
  }
  emulator.changePerson('risky', { risk: false })
  expect(await login({ appid: SHOP, person: 'risky' })).toMatchObject({ unionid: 'oUnionOfRisky' })
})

it('a mini program that was deleted and opened again knows nothing, and the person is the same to the server', async () => {
  const { emulator, login } = await open()
  const before = await login({ appid: SHOP, person: 'ming' })
  const device = emulator.openDevice({ appid: SHOP, person: 'ming' })
  await device.wx.setStorage({ key: 'token', data: 'secret' })
  const other = emulator.openDevice({ appid: CLUB, person: 'ming' })
  await other.wx.setStorage({ key: 'token', data: 'of the club' })
  device.erase()
  const again = emulator.openDevice({ appid: SHOP, person: 'ming' })
  expect([again.wx.getStorageSync('token'), emulator.openDevice({ appid: CLUB, person: 'ming' }).wx.getStorageSync('token')]).toEqual(['', 'of the club'])
  await expect(again.wx.checkSession()).rejects.toMatchObject({ errMsg: expect.stringMatching(/^checkSession:fail/) as string })
  expect(await login({ appid: SHOP, person: 'ming' })).toMatchObject({ openid: before.openid, unionid: before.unionid })
})
