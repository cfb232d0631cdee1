import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decryptUserData } from '../crypto.js'
import type { Device, DeviceOptions } from '../device.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'
import type { EmulatedApp } from '../app.js'

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }

let emulator: Emulator
beforeEach(async () => { emulator = await createEmulator({ people: [{ id: 'xiaoming', nickName: '小明', phoneNumber: '13800138000' }] }) })
afterEach(() => emulator.close())

const open = (options: Partial<DeviceOptions> = {}): Device => emulator.openDevice({ ...USER, ...options })
const app = (): EmulatedApp => emulator.apps[0] ?? expect.fail()
async function call(path: string, query: Record<string, string>, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${emulator.url}${path}?${new URLSearchParams(query)}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })
  return await response.json() as Record<string, unknown>
}
async function numberOf(code: string | undefined): Promise<unknown> {
  const { access_token: token } = await call('/cgi-bin/token', { grant_type: 'client_credential', appid: USER.appid, secret: app().secret })
  const { phone_info: info } = await call('/wxa/business/getuserphonenumber', { access_token: String(token) }, { code })
  return (info as { phoneNumber: string }).phoneNumber
}

describe.each(['getPhoneNumber', 'getRealtimePhoneNumber'] as const)('open-type="%s"', (openType) => {
  it('gives a code that a server exchanges for the number', async () => {
    const detail = await open().tapButton(openType)
    expect(detail?.errMsg).toBe(`${openType}:ok`)
    expect(await numberOf(detail?.code)).toBe('13800138000')
  })

  it.each<[string, Partial<DeviceOptions>, () => void, string, number | undefined]>([
    ['the person refuses', { answer: { [openType]: 'deny' } }, () => undefined, 'user deny', undefined],
    ['the app is not entitled', {}, () => { app().phoneButton = { entitled: false } }, '该 appid 没有权限', 102],
    ['the quota is used up', {}, () => { app().phoneButton = { quota: 0, realtimeQuota: 0 } }, 'quota used up', 1400001],
    ['the person refuses the privacy agreement', { answer: { privacy: 'deny' } }, () => undefined, 'privacy permission is not authorized', 104],
    ['the privacy agreement does not declare it', {}, () => { app().privacy = ['getUserProfile'] }, 'api scope is not declared in the privacy agreement', 112],
  ])('fails when %s', async (_, options, prepare, reason, errno) => {
    prepare()
    expect(await open(options).tapButton(openType)).toEqual({ errMsg: `${openType}:fail ${reason}`, ...errno !== undefined && { errno } })
  })

  it('takes one of its own quota for each success alone', async () => {
    app().phoneButton = { quota: 1, realtimeQuota: 1 }
    const refusing = open({ answer: { [openType]: 'deny' } })
    await refusing.tapButton(openType)
    const device = open()
    const results = [await device.tapButton(openType), await device.tapButton(openType), await device.tapButton(openType === 'getPhoneNumber' ? 'getRealtimePhoneNumber' : 'getPhoneNumber')]
    expect(results.map((detail) => detail?.errno)).toEqual([undefined, 1400001, undefined])
  })

  it('names the step in which the person turned back', async () => {
    const device = open()
    expect([await device.tapButton(openType, { turnsBack: 'bind' }), await device.tapButton(openType, { turnsBack: 'login' })])
      .toEqual([{ errMsg: `${openType}:fail:cancel to bind phone` }, { errMsg: `${openType}:fail:cancel to confirm login` }])
  })
})

describe('the phone button of old', () => {
  it('gives the number encrypted with the session_key, beside the code from 2.21.2 on', async () => {
    const old = open({ era: '2021-04', baseLibrary: '2.21.1' })
    const { code } = await old.wx.login()
    const { session_key: key } = await call('/sns/jscode2session', { appid: USER.appid, secret: app().secret, js_code: code, grant_type: 'authorization_code' })
    const detail = await old.tapButton('getPhoneNumber')
    expect(detail).not.toHaveProperty('code')
    expect(JSON.parse(decryptUserData(String(key), detail?.iv ?? '', detail?.encryptedData ?? ''))).toMatchObject({ purePhoneNumber: '13800138000', countryCode: '86' })
    expect(Object.keys(await open().tapButton('getPhoneNumber') ?? {}).sort()).toEqual(['code', 'encryptedData', 'errMsg', 'iv'])
  })

  it('has no encrypted number when no session_key lives, and none in the realtime variant', async () => {
    const device = open()
    expect(Object.keys(await device.tapButton('getPhoneNumber') ?? {}).sort()).toEqual(['code', 'errMsg'])
    await device.wx.login()
    expect(Object.keys(await device.tapButton('getRealtimePhoneNumber') ?? {}).sort()).toEqual(['code', 'errMsg'])
  })
})

it('couples phone number and consent in one tap, from 2.33.1 on', async () => {
  const device = open({ answer: { privacy: 'deny' } })
  expect(await device.tapButton('getPhoneNumber|agreePrivacyAuthorization', { id: 'b' })).toMatchObject({ errMsg: 'getPhoneNumber:ok' })
  expect(await open({ baseLibrary: '2.33.0' }).tapButton('getPhoneNumber|agreePrivacyAuthorization')).toBeUndefined()
})

describe('chooseAvatar', () => {
  const picture = { bytes: Buffer.from([1, 2]), type: 'image/png' }

  it('gives a temporary path of the picture', async () => {
    const device = open()
    const detail = await device.tapButton('chooseAvatar', { picture })
    expect(device.files.get(detail?.avatarUrl ?? '')).toEqual({ type: 'image/png', bytes: Buffer.from([1, 2]) })
  })

  it.each<[string, Partial<DeviceOptions>, object]>([
    ['the person cancels', {}, {}], ['the person refuses the privacy agreement', { answer: 'deny' }, { picture }], ['the base library has none', { baseLibrary: '2.21.1' }, { picture }],
    ['WeChat’s check refuses the picture', {}, { picture, unfit: true }],
  ])('fires no event when %s', async (_, options, tap) => {
    expect(await open(options).tapButton('chooseAvatar', tap)).toBeUndefined()
  })
})

it('gives what getUserInfo gives by its button', async () => {
  expect(await open({ era: '2018' }).tapButton('getUserInfo')).toMatchObject({ errMsg: 'getUserInfo:ok', userInfo: { nickName: '小明' } })
})
