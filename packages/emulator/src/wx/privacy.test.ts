import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Device, DeviceOptions } from '../device.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'
import type { EmulatedApp } from '../app.js'
import type { Question } from './ask.js'
import type { WxFailure, WxResult } from './callback.js'
import type { PrivacyListener, PrivacySettingResult, PrivacyVerdict } from './privacy.js'

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }
const REFUSED = { errMsg: 'getUserProfile:fail privacy permission is not authorized', errno: 104 }

let emulator: Emulator
beforeEach(async () => { emulator = await createEmulator() })
afterEach(() => emulator.close())

const open = (options: Partial<DeviceOptions> = {}): Device => emulator.openDevice({ ...USER, ...options })
const app = (): EmulatedApp => emulator.apps[0] ?? expect.fail()
const profile = (device: Device) => new Promise<WxResult | WxFailure>((resolve) => {
  device.tap(() => device.wx.getUserProfile?.({ desc: '展示', success: resolve, fail: resolve }))
})
const require = (device: Device) => new Promise<WxResult | WxFailure>((resolve) => { device.wx.requirePrivacyAuthorize({ success: resolve, fail: resolve }) })
const setting = (device: Device) => new Promise<PrivacySettingResult>((resolve) => { device.wx.getPrivacySetting({ success: resolve }) })
/** Registers a listener that waits; gives what it was told. */
function listen(device: Device) {
  const told: { referrer: string, resolve: (verdict: PrivacyVerdict) => void }[] = []
  const listener: PrivacyListener = (resolve, { referrer }) => { told.push({ referrer, resolve }) }
  device.wx.onNeedPrivacyAuthorization(listener)
  return told
}
/** Resolves after everything that is due has been called back. */
const turn = () => new Promise((resolve) => { setTimeout(resolve, 0) })

describe('WeChat’s own popup', () => {
  it('comes once, names the agreement, and lets the call go on', async () => {
    const asked: Pick<Question, 'api' | 'desc'>[] = []
    const device = open({ answer: ({ api, desc }) => (asked.push({ api, ...desc !== undefined && { desc } }), 'allow') })
    expect(await setting(device)).toEqual({ needAuthorization: true, privacyContractName: '《通行演示小程序隐私保护指引》', errMsg: 'getPrivacySetting:ok' })
    expect(await profile(device)).toMatchObject({ errMsg: 'getUserProfile:ok' })
    await profile(device.relaunch())
    expect(asked).toEqual([{ api: 'privacy', desc: '《通行演示小程序隐私保护指引》' }])
    expect((await setting(open())).needAuthorization).toBe(false)
  })

  it('refused, fails the call; for ten seconds it does not come again', async () => {
    const device = open({ answer: 'deny' })
    expect(await profile(device)).toEqual(REFUSED)
    device.answer = 'allow'
    expect(await profile(device)).toEqual({ errMsg: 'getUserProfile:fail privacy permission is not authorized in gap', errno: 104 })
    emulator.clock.advance(10_000)
    expect(await profile(device)).toMatchObject({ errMsg: 'getUserProfile:ok' })
  })

  it('is one for all calls that wait', async () => {
    let asked = 0
    const device = open({ answer: ({ api }) => (api === 'privacy' && asked++, 'allow') })
    expect((await Promise.all([profile(device), require(device), profile(device)])).map(({ errMsg }) => errMsg)).toEqual(['getUserProfile:ok', 'requirePrivacyAuthorize:ok', 'getUserProfile:ok'])
    expect(asked).toBe(1)
  })
})

describe('the program’s own popup', () => {
  it('is told who asks, and the call waits until the button was tapped and resolve was called', async () => {
    const device = open({ answer: 'deny' })
    const told = listen(device)
    let done: unknown
    const result = profile(device).then((value) => { done = value })
    told[0]?.resolve({ event: 'exposureAuthorization' })
    told[0]?.resolve({ event: 'agree', buttonId: 'agree-btn' })
    await turn()
    expect([told.map(({ referrer }) => referrer), done]).toEqual([['getUserProfile'], undefined])
    expect(await device.tapButton('agreePrivacyAuthorization', { id: 'agree-btn' })).toEqual({ errMsg: 'agreePrivacyAuthorization:ok' })
    await turn()
    expect(done).toBeUndefined()
    told[0]?.resolve({ event: 'agree', buttonId: 'agree-btn' })
    await result
    expect(done).toMatchObject({ errMsg: 'getUserProfile:ok' })
  })

  it('refused, fails each waiting call by its own resolve', async () => {
    const device = open()
    const told = listen(device)
    const results = [profile(device), require(device), device.tapButton('getPhoneNumber')]
    expect(told.map(({ referrer }) => referrer)).toEqual(['getUserProfile', 'requirePrivacyAuthorize', 'button.getPhoneNumber'])
    told.forEach(({ resolve }) => { resolve({ event: 'disagree' }) })
    expect(await Promise.all(results)).toEqual([REFUSED, { errMsg: 'requirePrivacyAuthorize:fail privacy permission is not authorized', errno: 104 }, { errMsg: 'getPhoneNumber:fail privacy permission is not authorized', errno: 104 }])
  })

  it('belongs to the last listener; a call that waits is settled by the resolve that it was announced with', async () => {
    const device = open()
    const first = listen(device)
    const waiting = require(device)
    const second = listen(device)
    const later = require(device)
    expect([first.length, second.length]).toEqual([1, 1])
    second[0]?.resolve({ event: 'disagree' })
    expect((await later).errMsg).toBe('requirePrivacyAuthorize:fail privacy permission is not authorized')
    await device.tapButton('agreePrivacyAuthorization', { id: 'a' })
    first[0]?.resolve({ event: 'agree', buttonId: 'a' })
    expect(await waiting).toEqual({ errMsg: 'requirePrivacyAuthorize:ok' })
  })

  it('is not needed once a button was tapped', async () => {
    const device = open()
    const told = listen(device)
    void require(device)
    await device.tapButton('agreePrivacyAuthorization', { id: 'a' })
    expect(await profile(device)).toMatchObject({ errMsg: 'getUserProfile:ok' })
    expect(told).toHaveLength(1)
  })
})

describe('what the app declares', () => {
  it('fails what it does not declare with 112, and everything with 1025 when it declares nothing', async () => {
    const device = open()
    app().privacy = ['button.getPhoneNumber']
    expect(await profile(device)).toEqual({ errMsg: 'getUserProfile:fail api scope is not declared in the privacy agreement', errno: 112 })
    app().privacy = 'none'
    expect(await profile(device)).toEqual({ errMsg: 'getUserProfile:fail please go to mp to announce your privacy usage', errno: 1025 })
    expect([(await setting(device)).needAuthorization, await require(device)]).toEqual([false, { errMsg: 'requirePrivacyAuthorize:ok' }])
  })

  it('must be agreed to again when more is declared', async () => {
    const device = open()
    app().privacy = ['getUserProfile']
    await profile(device)
    expect((await setting(device)).needAuthorization).toBe(false)
    app().privacy = ['getUserProfile', 'getClipboardData']
    expect((await setting(device)).needAuthorization).toBe(true)
  })
})

it.each<Partial<DeviceOptions>>([{ era: '2022-11', baseLibrary: '3.17.0' }, { era: 'today', baseLibrary: '2.32.2' }])('gates nothing with %j', async (options) => {
  app().privacy = 'none'
  expect(await profile(open(options))).toMatchObject({ errMsg: 'getUserProfile:ok' })
})

it('agrees one person on all phones, not another, and forgets with the mini program', async () => {
  emulator.addPerson({ id: 'xiaohong' })
  await profile(open())
  const needs = async (options: Partial<DeviceOptions>) => (await setting(open(options))).needAuthorization
  expect([await needs({ device: 'tablet' }), await needs({ person: 'xiaohong' })]).toEqual([false, true])
  open().erase()
  expect(await needs({})).toBe(true)
})

it('has no promise form', () => {
  const { wx } = open()
  expect([wx.requirePrivacyAuthorize(), wx.getPrivacySetting(), wx.openPrivacyContract()]).toEqual([undefined, undefined, undefined])
})
