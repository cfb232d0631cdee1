import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decryptUserData } from '../crypto.js'
import type { Device, DeviceOptions } from '../device.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }
const TAP = 'getUserProfile:fail can only be invoked by user TAP gesture.'

let emulator: Emulator
beforeEach(async () => { emulator = await createEmulator() })
afterEach(() => emulator.close())

const open = (options: Partial<DeviceOptions> = {}): Device => emulator.openDevice({ ...USER, era: '2021-04', ...options })
const messageOf = (promise: Promise<unknown> | undefined) => (promise ?? expect.fail('getUserProfile is absent')).then(() => expect.fail('it succeeded'), (failure: { errMsg: string }) => failure.errMsg)
const ask = (device: Device, desc: string | undefined = '用于显示') => device.wx.getUserProfile?.({ desc })
async function sessionKey(code: string): Promise<string> {
  const { secret = '' } = emulator.apps[0] ?? {}
  const query = new URLSearchParams({ appid: USER.appid, secret, js_code: code, grant_type: 'authorization_code' })
  return (await (await fetch(`${emulator.url}/sns/jscode2session?${query}`)).json() as { session_key: string }).session_key
}

describe('the tap rule of getUserProfile', () => {
  it('lets a call pass that stands in the tap handler', async () => {
    const device = open()
    expect((await device.tap(() => ask(device)))?.userInfo.nickName).toBe('小明')
  })

  it('refuses a call from nowhere', async () => {
    expect(await messageOf(ask(open()))).toBe(TAP)
  })

  it('refuses a call after an await in the tap handler', async () => {
    const device = open()
    const failure = device.tap(async () => {
      await device.wx.login()
      return ask(device)
    })
    expect(await messageOf(failure)).toBe(TAP)
  })

  it('refuses a call after the tap handler threw', async () => {
    const device = open()
    expect(() => device.tap(() => { throw new Error('handler') })).toThrow('handler')
    expect(await messageOf(ask(device))).toBe(TAP)
  })

  it.each(['', 'x'.repeat(31), undefined])('refuses the desc %j', async (desc) => {
    const device = open()
    expect(await messageOf(device.tap(() => device.wx.getUserProfile?.({ desc })))).toBe('getUserProfile:fail desc length does not meet the requirements')
  })

  it('fails when the person refuses, and asks again the next time', async () => {
    const device = open({ answer: 'deny' })
    expect(await messageOf(device.tap(() => ask(device)))).toBe('getUserProfile:fail auth deny')
    device.answer = 'allow'
    expect(await device.tap(() => ask(device))).toMatchObject({ errMsg: 'getUserProfile:ok' })
  })
})

describe('what the profile holds', () => {
  it('opens with the key of the last login, without openId from getUserProfile and with it from getUserInfo', async () => {
    const device = open()
    const key = await sessionKey((await device.wx.login()).code)
    const profile = await device.tap(() => ask(device)) ?? expect.fail('absent')
    const info = await device.wx.getUserInfo({ withCredentials: true })
    const opened = (data: { encryptedData?: string, iv?: string }) => JSON.parse(decryptUserData(key, data.iv ?? '', data.encryptedData ?? '')) as Record<string, unknown>
    expect(opened(profile)).not.toHaveProperty('openId')
    expect(opened(info)['openId']).toMatch(/^o/)
    expect(opened(info)['nickName']).toBe('微信用户')
  })

  it('is encrypted with a key that nobody has once the session_key expired', async () => {
    const device = open()
    const key = await sessionKey((await device.wx.login()).code)
    emulator.expireSession(USER)
    const { encryptedData, iv } = await device.tap(() => ask(device)) ?? expect.fail('absent')
    expect(() => JSON.parse(decryptUserData(key, iv, encryptedData)) as unknown).toThrow()
  })

  it('is refused by getUserInfo with credentials when nobody has logged in', async () => {
    expect(await messageOf(open().wx.getUserInfo({ withCredentials: true }))).toMatch(/^getUserInfo:fail login session/)
  })
})

describe('consent before 2021-04', () => {
  it('is asked for once, kept over a relaunch, and shown by getSetting', async () => {
    const device = open({ era: '2018', baseLibrary: '2.16.1', answer: 'deny' })
    expect((await device.wx.getSetting()).authSetting).toEqual({})
    expect(await messageOf(device.wx.getUserInfo())).toBe('getUserInfo:fail auth deny')
    expect((await device.wx.getSetting()).authSetting).toEqual({ 'scope.userInfo': false })
    const again = device.relaunch()
    again.answer = 'allow'
    expect(await messageOf(again.wx.getUserInfo())).toBe('getUserInfo:fail auth deny')
    again.authSetting['scope.userInfo'] = true
    expect((await again.wx.getUserInfo()).userInfo.nickName).toBe('小明')
  })

  it('is not asked for by develop and trial builds, which fail without a grant', async () => {
    expect(await messageOf(open({ era: '2018', baseLibrary: '2.16.1', envVersion: 'trial' }).wx.getUserInfo())).toBe('getUserInfo:fail scope unauthorized')
  })

  it('shows as granted since', async () => {
    expect((await open().wx.getSetting()).authSetting).toEqual({ 'scope.userInfo': true })
  })
})

it('asks before the placeholder only when told that it does', async () => {
  const denying = { era: 'today', answer: { getUserProfile: 'deny' } } as const
  const [silent, asking] = [open(denying), open({ ...denying, retiredProfilePopup: true })]
  expect(await silent.tap(() => ask(silent))).toMatchObject({ userInfo: { nickName: '微信用户' } })
  expect(await messageOf(asking.tap(() => ask(asking)))).toBe('getUserProfile:fail auth deny')
})
