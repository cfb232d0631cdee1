import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createEmulator } from '../emulator.js'

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }

/** A phone, and a back end that answers `/data`, with `/long` too much and anything else with 404. */
async function openPhone() {
  const arrived: URLSearchParams[] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://back.end')
    arrived.push(searchParams)
    response.writeHead(['/data', '/long'].includes(pathname) ? 200 : 404).end(pathname === '/long' ? 'x'.repeat(256 * 1024 + 1) : `{"n":${arrived.length}}`)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const emulator = await createEmulator({ clock: { now: () => 1_700_000_000_000 } })
  onTestFinished(async () => {
    await emulator.close()
    server.close().closeAllConnections()
  })
  const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  const exchange = async (code: string): Promise<{ openid?: string, session_key?: string, errcode?: number }> => {
    const query = new URLSearchParams({ appid: USER.appid, secret: emulator.apps[0]?.secret ?? '', js_code: code, grant_type: 'authorization_code' })
    return await (await fetch(`${emulator.url}/sns/jscode2session?${query}`)).json() as { openid?: string }
  }
  return { emulator, device: emulator.openDevice(USER), arrived, url, exchange }
}

it('fetches ahead with a code, and the mini program finds the answer, also after a relaunch', async () => {
  const { device, arrived, url, exchange } = await openPhone()
  await expect(device.wx.getBackgroundFetchData({ fetchType: 'pre' })).rejects.toEqual({ errMsg: 'getBackgroundFetchData:fail data not found' })
  expect(await device.prefetch({ url: url('/data?own=1'), path: 'pages/me/me', query: 'a=1', scene: 1007 })).toEqual({ status: 200, body: '{"n":1}', kept: true })
  const { code = '', ...rest } = Object.fromEntries(arrived[0] ?? [])
  expect(rest).toEqual({ own: '1', appid: USER.appid, timestamp: '1700000000000', path: 'pages/me/me', query: 'a=1', scene: '1007' })
  expect(await exchange(code)).toHaveProperty('openid')
  expect(await device.relaunch().wx.getBackgroundFetchData({ fetchType: 'pre' }))
    .toEqual({ errMsg: 'getBackgroundFetchData:ok', fetchedData: '{"n":1}', path: 'pages/me/me', query: 'a=1', scene: 1007, timeStamp: 1_700_000_000_000 })
})

it('replaces the session_key by its code, and checkSession speaks of the new one', async () => {
  const { device, arrived, url, exchange } = await openPhone()
  const before = await exchange((await device.wx.login()).code)
  await device.prefetch({ url: url('/data') })
  const after = await exchange(arrived[0]?.get('code') ?? '')
  expect([after.openid === before.openid, after.session_key === before.session_key]).toEqual([true, false])
  await expect(device.wx.checkSession()).resolves.toEqual({ errMsg: 'checkSession:ok' })
})

it('sends the mini program’s own token in the place of a code, and leaves the session_key alone', async () => {
  const { emulator, device, arrived, url } = await openPhone()
  await expect(device.wx.getBackgroundFetchToken()).rejects.toEqual({ errMsg: 'getBackgroundFetchToken:fail token not found' })
  await expect(device.wx.setBackgroundFetchToken({ token: 'x'.repeat(1025) })).rejects.toMatchObject({ errMsg: expect.stringContaining('at most 1024 characters') as string })
  await device.wx.setBackgroundFetchToken({ token: 'mine' })
  expect(await device.wx.getBackgroundFetchToken()).toEqual({ errMsg: 'getBackgroundFetchToken:ok', token: 'mine' })
  await device.prefetch({ url: url('/data') })
  await device.prefetch({ url: url('/data'), fetchType: 'periodic' })
  expect(arrived.map((query) => [query.get('token'), query.has('code'), query.has('scene')])).toEqual([['mine', false, true], ['mine', false, false]])
  device.erase()
  await emulator.openDevice(USER).prefetch({ url: url('/data'), fetchType: 'periodic' })
  expect(arrived[2]?.has('token')).toBe(false)
})

it('tells the listener of each answer that is kept: not of an error, nor of more than 256 KB', async () => {
  const { device, url } = await openPhone()
  const told: unknown[] = []
  device.wx.onBackgroundFetchData(({ fetchType, fetchedData }) => told.push([fetchType, fetchedData]))
  expect((await device.prefetch({ url: url('/missing') })).kept).toBe(false)
  expect((await device.prefetch({ url: url('/long') })).kept).toBe(false)
  expect(await device.prefetch({ url: 'http://127.0.0.1:1/' })).toMatchObject({ kept: false, failure: expect.any(String) as string })
  await device.prefetch({ url: url('/data'), fetchType: 'periodic' })
  expect(told).toEqual([['periodic', '{"n":3}']])
  expect(await device.wx.getBackgroundFetchData({ fetchType: 'periodic' })).toMatchObject({ fetchedData: '{"n":3}' })
})
