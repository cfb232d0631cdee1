import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createEmulator } from '../emulator.js'

interface Outcome { readonly errMsg: string }

/** A phone, and a back end that never answers `/hang`; `arrived` counts what came there. */
async function openPhone() {
  const arrived: string[] = []
  const server = createServer((request, response) => {
    arrived.push(request.url ?? '')
    if (request.url !== '/hang') response.end('{}')
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const emulator = await createEmulator({ clock: { now: () => 1_700_000_000_000 } })
  onTestFinished(async () => {
    await emulator.close()
    server.closeAllConnections()
    server.close()
  })
  const device = emulator.openDevice({ appid: 'wxemu0123456789abc', person: 'xiaoming', domains: { 'https://api.demo.test': `http://127.0.0.1:${(server.address() as AddressInfo).port}` } })
  const request = (path: string) => new Promise<Outcome>((resolve) => { device.wx.request({ url: `https://api.demo.test${path}`, success: resolve, fail: resolve }) })
  return { emulator, device, request, arrived }
}

it('a request that still runs 5 s after going to the background fails with request:fail interrupted, not earlier', async () => {
  const { emulator, device, request, arrived } = await openPhone()
  const outcomes: Outcome[] = []
  const running = request('/hang').then((outcome) => outcomes.push(outcome))
  await expect.poll(() => arrived).toEqual(['/hang'])
  device.background()
  emulator.clock.advance(4999)
  await request('/quick')
  expect(outcomes).toEqual([])
  emulator.clock.advance(1)
  await running
  expect(outcomes).toEqual([{ errMsg: 'request:fail interrupted' }])
})

it('uploads, downloads, requests that wait in line and requests that a fault keeps are interrupted too', async () => {
  const { emulator, device, request } = await openPhone()
  const waiting = Array.from({ length: 11 }, () => request('/hang'))
  device.fault({ where: 'wx.request', hang: true })
  const kept = request('/quick')
  const download = new Promise<Outcome>((resolve) => { device.wx.downloadFile({ url: 'https://api.demo.test/hang', fail: resolve }) })
  const upload = new Promise<Outcome>((resolve) => { device.wx.uploadFile({ url: 'https://api.demo.test/hang', filePath: device.keepFile(Buffer.from('x')), name: 'file', fail: resolve }) })
  device.background()
  emulator.clock.advance(5000)
  expect(new Set((await Promise.all([...waiting, kept])).map(({ errMsg }) => errMsg))).toEqual(new Set(['request:fail interrupted']))
  expect([(await download).errMsg, (await upload).errMsg]).toEqual(['downloadFile:fail interrupted', 'uploadFile:fail interrupted'])
})

it('who comes back in time loses nothing; in the background nothing new goes out, in the foreground everything works again', async () => {
  const { emulator, device, request, arrived } = await openPhone()
  device.background()
  emulator.clock.advance(4000)
  device.foreground()
  emulator.clock.advance(4000)
  expect((await request('/a')).errMsg).toBe('request:ok')
  device.background()
  emulator.clock.advance(5000)
  expect(await request('/b')).toEqual({ errMsg: 'request:fail interrupted' })
  expect((await device.wx.setStorage({ key: 'a', data: 1 })).errMsg).toBe('setStorage:ok')
  device.foreground()
  expect((await request('/c')).errMsg).toBe('request:ok')
  expect(arrived).toEqual(['/a', '/c'])
})

it('tells onAppHide and onAppShow once per change, until they are taken off', async () => {
  const { device } = await openPhone()
  const told: unknown[] = []
  const hide = (options: object) => { told.push(['hide', options]) }
  const show = (options: object) => { told.push(['show', options]) }
  device.wx.onAppHide(hide)
  device.wx.onAppShow(show)
  device.foreground()
  device.background()
  device.background()
  device.foreground({ path: 'pages/me/me', scene: 1089 })
  await expect.poll(() => told).toEqual([['hide', { reason: 3 }], ['show', { apiCategory: 'default', forwardMaterials: [], hostExtraData: { host_scene: '' }, path: 'pages/me/me', query: {}, scene: 1089, shareTicket: '', referrerInfo: {} }]])
  device.wx.offAppHide(hide)
  device.wx.offAppShow()
  device.background()
  device.foreground()
  await device.wx.getNetworkType()
  expect(told).toHaveLength(2)
})
