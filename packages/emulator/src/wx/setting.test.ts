import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Device, DeviceOptions } from '../device.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'
import type { WxFailure } from './callback.js'

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }
const SCOPES = ['userLocation', 'userFuzzyLocation', 'record', 'camera', 'bluetooth', 'writePhotosAlbum', 'addPhoneContact', 'addPhoneCalendar', 'werun'].map((name) => `scope.${name}`)

let emulator: Emulator
beforeEach(async () => { emulator = await createEmulator() })
afterEach(() => emulator.close())

const open = (options: Partial<DeviceOptions> = {}): Device => emulator.openDevice({ ...USER, era: '2022-11', baseLibrary: '3.17.0', ...options })
const authorize = (device: Device, scope: string) => device.wx.authorize({ scope }).then(({ errMsg }) => errMsg, ({ errMsg }: WxFailure) => errMsg)
const granted = async (device: Device, scope: string) => (await device.wx.getSetting()).authSetting[scope]

describe('a scope', () => {
  it.each(SCOPES)('%s is absent, then granted, without being asked for twice', async (scope) => {
    let asked = 0
    const device = open({ answer: (question) => (question.scope === scope && asked++, 'allow') })
    expect(await granted(device, scope)).toBeUndefined()
    expect([await authorize(device, scope), await authorize(device, scope)]).toEqual(['authorize:ok', 'authorize:ok'])
    expect([await granted(device, scope), asked]).toEqual([true, 1])
  })

  it('refused once, fails at once until the person changes it in the settings', async () => {
    let asked = 0
    const device = open({ answer: () => (asked++, 'deny') })
    expect([await authorize(device, 'scope.record'), await authorize(device, 'scope.record')]).toEqual(['authorize:fail auth deny', 'authorize:fail auth deny'])
    expect([asked, await granted(device, 'scope.record')]).toEqual([1, false])
    device.settings = { 'scope.record': true, 'scope.camera': true }
    const { authSetting } = await device.tap(() => device.wx.openSetting())
    expect(authSetting).toEqual({ 'scope.record': true, 'scope.userInfo': true })
    expect(await authorize(device.relaunch(), 'scope.record')).toBe('authorize:ok')
  })

  it('stays unasked when the popup goes away unanswered', async () => {
    const device = open({ answer: () => Promise.reject(new Error('gone')) })
    expect(await authorize(device, 'scope.camera')).toBe('authorize:fail auth deny')
    expect(await granted(device, 'scope.camera')).toBeUndefined()
  })

  it('is allowed and refused by a policy', async () => {
    const device = open({ answer: { 'scope.record': 'deny', '*': 'allow' } })
    expect([await authorize(device, 'scope.record'), await authorize(device, 'scope.camera')]).toEqual(['authorize:fail auth deny', 'authorize:ok'])
  })

  it.each(['scope.address', 'scope.invoice', 'scope.invoiceTitle'])('%s was given up: everybody has it, whatever the settings say', async (scope) => {
    const device = open({ answer: 'deny', settings: { [scope]: false } })
    expect(await authorize(device, scope)).toBe('authorize:ok')
    await device.tap(() => device.wx.openSetting())
    expect(await granted(device, scope)).toBe(true)
  })

  it.each(['scope.nonsense', 'record', ''])('%j is none', async (scope) => {
    expect(await authorize(open(), scope)).toBe('authorize:fail invalid scope')
  })
})

describe('scope.userInfo', () => {
  it('is asked for before 2021-04, and granted in silence since', async () => {
    expect(await authorize(open({ era: '2018', answer: 'deny' }), 'scope.userInfo')).toBe('authorize:fail auth deny')
    expect(await authorize(open({ answer: 'deny' }), 'scope.userInfo')).toBe('authorize:ok')
  })
})

describe('openSetting', () => {
  it('needs a tap since 2.3.0', async () => {
    const failure = await open().wx.openSetting().then(() => expect.fail('it succeeded'), (reason: WxFailure) => reason)
    expect(failure.errMsg).toBe('openSetting:fail can only be invoked by user TAP gesture.')
    const device = open({ baseLibrary: '2.2.6' })
    expect(await new Promise((resolve) => { device.wx.openSetting({ success: resolve, fail: resolve }) })).toMatchObject({ errMsg: 'openSetting:ok' })
  })

  it('asks somebody who looks at the switches, also by its button', async () => {
    const device = open({ answer: 'deny' })
    await authorize(device, 'scope.werun')
    device.settings = (authSetting) => Object.fromEntries(Object.keys(authSetting).map((scope) => [scope, true]))
    expect(await device.tapButton('openSetting')).toMatchObject({ errMsg: 'openSetting:ok', authSetting: { 'scope.werun': true } })
  })
})

it('shares scopes between the phones of a person, and each has a storage and files of its own', async () => {
  const [phone, tablet] = [open(), open({ device: 'tablet' })]
  await authorize(phone, 'scope.record')
  phone.wx.setStorageSync('a', 1)
  const path = phone.keepFile(Buffer.from('x'))
  expect([await granted(tablet, 'scope.record'), tablet.wx.getStorageSync('a'), tablet.files.get(path)]).toEqual([true, '', undefined])
  expect(open({ device: 'main' }).wx.getStorageSync('a')).toBe(1)
  expect(() => open({ device: '../x' })).toThrow('"device" must be')
})

it('lets the session of one phone die when the other logs in', async () => {
  const [phone, tablet] = [open(), open({ device: 'tablet' })]
  await phone.wx.login()
  await phone.wx.checkSession()
  await tablet.wx.login()
  await expect(phone.wx.checkSession()).rejects.toMatchObject({ errMsg: expect.stringContaining('-13001') as string })
  await tablet.wx.checkSession()
})
