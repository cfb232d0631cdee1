import { expect, it, onTestFinished } from 'vitest'
import { createEmulator } from '../emulator.js'
import type { NetworkStatus } from './network.js'

async function openPhone() {
  const emulator = await createEmulator({ seed: 'network' })
  onTestFinished(() => emulator.close())
  const device = emulator.openDevice({ appid: 'wxemu0123456789abc', person: 'xiaoming', domains: { 'https://api.demo.test': emulator.url } })
  const request = () => new Promise<{ errMsg: string }>((resolve) => { device.wx.request({ url: 'https://api.demo.test/_emulator/clock', success: resolve, fail: resolve }) })
  return { emulator, device, request }
}

it.each([['good', 'wifi', false], ['slow', '2g', true], ['lossy', '4g', true], ['offline', 'none', false]] as const)('a %s network is %s to getNetworkType', async (condition, networkType, weakNet) => {
  const { device } = await openPhone()
  device.network = condition
  expect(await device.wx.getNetworkType()).toEqual({ networkType, weakNet, errMsg: 'getNetworkType:ok' })
})

it('offline: what needs a network fails, the rest works', async () => {
  const { device, request } = await openPhone()
  device.network = 'offline'
  expect(await request()).toEqual({ errMsg: 'request:fail -106:net::ERR_INTERNET_DISCONNECTED', errno: 600001 })
  await expect(device.wx.login()).rejects.toMatchObject({ errMsg: 'login:fail -106:net::ERR_INTERNET_DISCONNECTED' })
  expect((await device.wx.setStorage({ key: 'a', data: 1 })).errMsg).toBe('setStorage:ok')
  device.network = 'good'
  expect((await request()).errMsg).toBe('request:ok')
})

it('slow: an answer is there once three seconds have passed by the emulator’s clock', async () => {
  const { emulator, device } = await openPhone()
  device.network = 'slow'
  const before = emulator.clock.now()
  const login = device.wx.login()
  emulator.clock.advance(3000)
  expect((await login).errMsg).toBe('login:ok')
  expect(emulator.clock.now() - before).toBeGreaterThanOrEqual(3000)
})

it('lossy: some requests are reset, most arrive', async () => {
  const { device, request } = await openPhone()
  device.network = 'lossy'
  const fates = await Promise.all(Array.from({ length: 60 }, request))
  const lost = fates.filter(({ errMsg }) => errMsg === 'request:fail -101:net::ERR_CONNECTION_RESET').length
  expect([lost > 5, lost < 35, fates.filter(({ errMsg }) => errMsg === 'request:ok').length]).toEqual([true, true, 60 - lost])
})

it('tells its listeners when the kind of network changes, until they are taken off; a relaunch keeps the network', async () => {
  const { device } = await openPhone()
  const told: NetworkStatus[] = []
  const listener = (status: NetworkStatus) => { told.push(status) }
  device.wx.onNetworkStatusChange(listener)
  device.network = 'offline'
  device.network = 'offline'
  device.network = 'slow'
  await expect.poll(() => told).toEqual([{ isConnected: false, networkType: 'none' }, { isConnected: true, networkType: '2g' }])
  device.wx.offNetworkStatusChange(listener)
  device.network = 'offline'
  await device.wx.getNetworkType()
  expect(told).toHaveLength(2)
  expect((await device.relaunch().wx.getNetworkType()).networkType).toBe('none')
})
