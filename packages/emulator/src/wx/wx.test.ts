import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Device, DeviceOptions } from '../device.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }

let emulator: Emulator
beforeEach(async () => { emulator = await createEmulator() })
afterEach(() => emulator.close())

const open = (options: Partial<DeviceOptions> = {}): Device => emulator.openDevice({ ...USER, ...options })
const failureOf = (promise: Promise<unknown>) => promise.then(() => expect.fail('it succeeded'), (failure: unknown) => failure)

describe('the callback convention', () => {
  it('calls success and then complete, once each, after the call has returned', async () => {
    const { wx } = open()
    const order: string[] = []
    await new Promise<void>((resolve) => {
      wx.login({
        success: ({ errMsg }) => order.push(errMsg),
        fail: () => order.push('fail'),
        complete: () => {
          order.push('complete')
          resolve()
        },
      })
      order.push('returned')
    })
    expect(order).toEqual(['returned', 'login:ok', 'complete'])
  })

  it('returns a promise only when no callback is passed', () => {
    const { wx } = open()
    expect(wx.login({ complete: () => undefined })).toBeUndefined()
    expect(wx.login({})).toBeInstanceOf(Promise)
    expect(wx.login()).toBeInstanceOf(Promise)
  })

  it('returns no promise below base library 2.10.2', () => {
    expect(open({ baseLibrary: '2.10.1' }).wx.login()).toBeUndefined()
  })

  it('rejects with a plain object that has errMsg', async () => {
    const failure = await failureOf(open().wx.checkSession())
    expect(failure).toEqual({ errMsg: 'checkSession:fail 系统错误，错误码：-13001,session time out…d relogin' })
  })

  it('tells errno only from base library 2.24.0', async () => {
    const [older, newer] = [open({ baseLibrary: '2.23.4' }), open({ baseLibrary: '2.24.0' })]
    for (const device of [older, newer]) device.fault({ api: 'login', kind: 'fail', reason: 'no network', errno: 600001 })
    expect(await failureOf(older.wx.login())).toEqual({ errMsg: 'login:fail no network' })
    expect(await failureOf(newer.wx.login())).toEqual({ errMsg: 'login:fail no network', errno: 600001 })
  })
})

describe('what wx has', () => {
  it('fails on functions of WeChat that are not emulated, and has nothing that WeChat has not', async () => {
    const wx = open().wx as unknown as Record<string, ((options?: object) => Promise<unknown>) | undefined>
    expect(await failureOf(wx['chooseImage']?.() ?? expect.fail('absent'))).toEqual({ errMsg: 'chooseImage:fail not emulated by @tongxing/emulator' })
    expect(() => wx['getLaunchOptionsSync']?.()).toThrow('getLaunchOptionsSync:fail not emulated')
    expect(() => wx['onPageNotFound']?.()).toThrow('onPageNotFound:fail not emulated')
    expect(typeof wx['somethingUnknown']).toBe('undefined')
    expect('somethingUnknown' in wx).toBe(false)
  })

  it('grows with the base library', () => {
    const has = (baseLibrary: string) => 'getAppBaseInfo' in open({ baseLibrary }).wx
    expect([has('2.20.0'), has('2.20.1')]).toEqual([false, true])
  })

  it('tells appid, environment and version, as far as the base library knows them', () => {
    expect(open({ envVersion: 'trial' }).wx.getAccountInfoSync()).toEqual({ miniProgram: { appId: USER.appid, envVersion: 'trial', version: '' } })
    expect(open().wx.getAccountInfoSync().miniProgram.version).toBe('1.0.0')
    expect(open({ baseLibrary: '2.4.0' }).wx.getAccountInfoSync()).toEqual({ miniProgram: { appId: USER.appid } })
  })

  it('tells the base library as SDKVersion', () => {
    const { wx } = open({ baseLibrary: '2.27.1' })
    expect([wx.getAppBaseInfo().SDKVersion, wx.getSystemInfoSync().SDKVersion]).toEqual(['2.27.1', '2.27.1'])
  })

  it.each([
    ['login', '2.4.0', true],
    ['login.object.timeout', '1.9.0', false],
    ['login.object.timeout', '1.9.90', true],
    ['login.success', '2.4.0', true],
    ['login.nonsense', '2.4.0', false],
    ['nonsense', '3.17.0', false],
    ['getUserProfile', '3.17.0', false],
    ['button.open-type.getUserInfo', '1.2.9', false],
    ['button.open-type.getUserInfo', '1.3.0', true],
    ['button.open-type.chooseAvatar', '2.21.1', false],
    ['button.open-type.nonsense', '3.17.0', false],
    ['getPrivacySetting', '2.32.2', false],
    ['getPrivacySetting', '2.32.3', true],
  ])('answers canIUse(%s) at base library %s with %s', (schema, baseLibrary, expected) => {
    expect(open({ baseLibrary }).wx.canIUse(schema)).toBe(expected)
  })
})

describe('login and checkSession', () => {
  it('is alive after a login, and dead once the session_key expired or another phone logged in', async () => {
    const device = open()
    const alive = () => device.wx.checkSession().then(() => true, () => false)
    expect(await alive()).toBe(false)
    await device.wx.login()
    expect(await alive()).toBe(true)
    emulator.expireSession(USER)
    expect(await alive()).toBe(false)
    await device.wx.login()
    emulator.issueCode(USER)
    expect(await alive()).toBe(false)
  })

  it('remembers the last code over a relaunch', async () => {
    const device = open()
    await device.wx.login()
    await expect(device.relaunch().wx.checkSession()).resolves.toEqual({ errMsg: 'checkSession:ok' })
  })
})

describe('a device that goes wrong', () => {
  it('fails as often as asked and then works', async () => {
    const device = open()
    device.fault({ api: 'login', kind: 'fail', times: 2 })
    expect(await failureOf(device.wx.login())).toEqual({ errMsg: 'login:fail system error' })
    await failureOf(device.wx.login())
    expect((await device.wx.login()).code).toHaveLength(32)
  })

  it('hangs until the timeout of the call, by the emulator\'s clock', async () => {
    const device = open()
    device.fault({ api: 'login', kind: 'hang' })
    const failure = failureOf(device.wx.login({ timeout: 5000 }))
    emulator.clock.advance(5000)
    expect(await failure).toEqual({ errMsg: 'login:fail timeout', errno: 5 })
  })

  it('gives an empty code, or the code of the login before marked fromCache', async () => {
    const device = open()
    const { code } = await device.wx.login()
    device.fault({ api: 'login', kind: 'empty_code' })
    device.fault({ api: 'login', kind: 'from_cache' })
    expect(await device.wx.login()).toEqual({ code: '', errMsg: 'login:ok' })
    expect(await device.wx.login()).toEqual({ code, fromCache: true, errMsg: 'login:ok' })
  })

  it('makes Sync functions throw, until undone', () => {
    const device = open()
    const undo = device.fault({ api: 'getStorageSync', kind: 'fail', times: Infinity, reason: 'broken' })
    expect(() => device.wx.getStorageSync('a')).toThrow('getStorageSync:fail broken')
    undo()
    expect(device.wx.getStorageSync('a')).toBe('')
  })

  it('holds answers back and releases them in order', async () => {
    const device = open()
    const hold = device.hold('login')
    const done: number[] = []
    const logins = [1, 2, 3].map((n) => device.wx.login().then(() => done.push(n)))
    await hold.arrived(3)
    expect([hold.waiting, done]).toEqual([3, []])
    hold.release(1)
    await logins[0]
    expect(done).toEqual([1])
    hold.end()
    await Promise.all(logins)
    expect(done).toEqual([1, 2, 3])
    await device.wx.login()
  })

  it('counts every call with its time', async () => {
    const device = open()
    await device.wx.login()
    device.wx.getStorageSync('a')
    expect(device.calls.map((call) => call.api)).toEqual(['login', 'getStorageSync'])
    expect(device.calls[0]?.at).toBeLessThanOrEqual(emulator.clock.now())
  })

  it('calls nothing back after it was closed or relaunched', async () => {
    const device = open()
    const heard: string[] = []
    device.wx.login({ complete: () => heard.push('old') })
    await device.relaunch().wx.login()
    expect(heard).toEqual([])
  })

  it('refuses options that make no sense, telling all of them', () => {
    expect(() => open({ baseLibrary: 'x', domains: { 'https://api.weixin.qq.com': 'http://127.0.0.1:1' } })).toThrow(/"baseLibrary".*"domains"/)
    expect(() => open({ person: 'nobody' })).toThrow('unknown person "nobody"')
  })
})
