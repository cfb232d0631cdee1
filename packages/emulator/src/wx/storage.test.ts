import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Device } from '../device.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }
const MB = 1024 * 1024

let emulator: Emulator
let device: Device
beforeEach(async () => {
  emulator = await createEmulator()
  device = emulator.openDevice(USER)
})
afterEach(() => emulator.close())

const messageOf = (promise: Promise<unknown>) => promise.then(() => expect.fail('it succeeded'), (failure: { errMsg: string }) => failure.errMsg)

describe('the storage', () => {
  it.each([['a text'], [0], [false], [null], [[1, { two: 2 }]], [{ nested: { deep: '微信' } }], [new Date(5)]])('gives %j back as a copy', (value) => {
    device.wx.setStorageSync('key', value)
    expect(device.wx.getStorageSync('key')).toEqual(value)
  })

  it('keeps a copy that later changes of the object do not reach', () => {
    const value = { list: [1] }
    device.wx.setStorageSync('key', value)
    value.list.push(2)
    expect(device.wx.getStorageSync('key')).toEqual({ list: [1] })
  })

  it('answers a miss with the empty text, or a failure', async () => {
    expect(device.wx.getStorageSync('nothing')).toBe('')
    expect(await messageOf(device.wx.getStorage({ key: 'nothing' }))).toBe('getStorage:fail data not found')
  })

  it('works the same with callbacks and promises', async () => {
    expect(await device.wx.setStorage({ key: 'a', data: 1 })).toEqual({ errMsg: 'setStorage:ok' })
    expect(await device.wx.getStorage({ key: 'a' })).toEqual({ data: 1, errMsg: 'getStorage:ok' })
    expect(await device.wx.getStorageInfo()).toEqual({ keys: ['a'], currentSize: 1, limitSize: 10_240, errMsg: 'getStorageInfo:ok' })
    await device.wx.removeStorage({ key: 'a' })
    device.wx.setStorageSync('b', 2)
    device.wx.removeStorageSync('b')
    device.wx.setStorageSync('c', 3)
    await device.wx.clearStorage()
    expect(device.wx.getStorageInfoSync().keys).toEqual([])
  })

  it('survives a relaunch and is shared by the person\'s devices, but not with other people', () => {
    device.wx.setStorageSync('key', 1)
    const other = emulator.openDevice({ ...USER, person: emulator.addPerson().id })
    expect([device.relaunch(), emulator.openDevice(USER), other].map(({ wx }) => wx.getStorageSync('key'))).toEqual([1, 1, ''])
  })

  it('lies in the map that was passed', () => {
    const storage = new Map<string, string>()
    emulator.openDevice({ ...USER, storage }).wx.setStorageSync('key', 1)
    expect([...storage.keys()]).toEqual(['key'])
    expect(device.wx.getStorageSync('key')).toBe('')
  })
})

describe('the limits', () => {
  it('refuses more than 1 MB under one key and keeps what was there', async () => {
    device.wx.setStorageSync('key', 'old')
    expect(() => device.wx.setStorageSync('key', 'x'.repeat(MB))).toThrow('setStorageSync:fail exceed storage max size')
    expect(await messageOf(device.wx.setStorage({ key: 'key', data: 'x'.repeat(MB) }))).toBe('setStorage:fail exceed storage max size')
    expect(device.wx.getStorageSync('key')).toBe('old')
  })

  it('refuses more than 10 MB in all, but lets a key be replaced', () => {
    const big = 'x'.repeat(MB - 100)
    for (let i = 0; i < 10; i++) device.wx.setStorageSync(`key${i}`, big)
    expect(() => device.wx.setStorageSync('more', big)).toThrow('setStorageSync:fail storage quota reached')
    device.wx.setStorageSync('key0', big)
  })

  it.each(['', 7, undefined])('refuses the key %j', (key) => {
    expect(() => device.wx.setStorageSync(key as string, 1)).toThrow(/setStorageSync:fail parameter error: parameter.key should be a non-empty String/)
  })

  it('refuses what JSON cannot hold', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    for (const value of [cycle, () => 1, undefined, 1n]) expect(() => device.wx.setStorageSync('key', value)).toThrow('data cannot be written as JSON')
  })

  it('encrypts what it is told to encrypt, and gives it back to those alone who say so', async () => {
    await device.wx.setStorage({ key: 'a', data: { token: '机密' }, encrypt: true })
    expect(device.storage.get('a')).not.toContain('机密')
    expect((await device.relaunch().wx.getStorage({ key: 'a', encrypt: true })).data).toEqual({ token: '机密' })
    device = emulator.openDevice(USER)
    expect([await messageOf(device.wx.getStorage({ key: 'a' })), device.wx.getStorageSync('a')]).toEqual(['getStorage:fail data not found', ''])
    device.wx.setStorageSync('b', 1)
    expect(await messageOf(device.wx.getStorage({ key: 'b', encrypt: true }))).toBe('getStorage:fail data not found')
    expect(JSON.stringify(emulator.traffic.list())).not.toContain('机密')
  })

  it('takes less of what it encrypts: it grows', async () => {
    const text = 'x'.repeat(0.85 * MB)
    device.wx.setStorageSync('plain', text)
    expect(await messageOf(device.wx.setStorage({ key: 'sealed', data: text, encrypt: true }))).toBe('setStorage:fail exceed storage max size')
  })

  it('fails writes with the text of the fault, and lets reads pass', async () => {
    device.wx.setStorageSync('key', 1)
    device.storageFault = 'Failed To Send Sync'
    expect(() => device.wx.setStorageSync('key', 2)).toThrow('setStorageSync:fail Failed To Send Sync')
    expect(() => device.wx.removeStorageSync('key')).toThrow('Failed To Send Sync')
    expect(await messageOf(device.wx.clearStorage())).toBe('clearStorage:fail Failed To Send Sync')
    expect(device.wx.getStorageSync('key')).toBe(1)
    device.storageFault = null
    device.wx.setStorageSync('key', 2)
  })
})
