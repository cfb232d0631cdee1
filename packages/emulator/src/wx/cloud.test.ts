import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createEmulator } from '../emulator.js'

/** A phone whose service `prod-1/auth` answers with what arrived. */
async function openPhone() {
  const server = createServer((request, response) => {
    response.writeHead(201, { 'x-answer': 'yes' }).end(JSON.stringify({ url: request.url, method: request.method, headers: request.headers }))
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const app = { appid: 'wxemu0123456789abc', unionScope: 'one' }
  const emulator = await createEmulator({ apps: [app], people: [{ id: 'ming', unionid: 'oUnion' }] })
  onTestFinished(async () => {
    await emulator.close()
    server.close()
  })
  const device = emulator.openDevice({ appid: app.appid, person: 'ming', containers: { 'prod-1/auth': `http://127.0.0.1:${(server.address() as AddressInfo).port}` } })
  const { cloud } = device.wx
  if (cloud === undefined) throw new Error('no wx.cloud')
  return { emulator, device, cloud }
}

it('callContainer reaches the service, which learns from the gateway alone who calls', async () => {
  const { emulator, cloud } = await openPhone()
  const result = await cloud.callContainer({ config: { env: 'prod-1' }, path: '/v1/me?a=1', method: 'POST', data: { b: 2 }, header: { 'X-WX-SERVICE': 'auth', 'X-WX-OPENID': 'forged', 'X-WX-FROM-OPENID': 'forged' } })
  expect(result).toMatchObject({ errMsg: 'cloud.callContainer:ok', statusCode: 201, header: { 'x-answer': 'yes' }, callID: expect.any(String) as string, data: { url: '/v1/me?a=1', method: 'POST' } })
  const { headers } = result.data as { headers: IncomingHttpHeaders }
  const [, openid] = emulator.saveState().openids[0] ?? []
  expect(headers).toMatchObject({ 'x-wx-openid': openid, 'x-wx-unionid': 'oUnion', 'x-wx-appid': 'wxemu0123456789abc', 'x-wx-env': 'prod-1', 'x-wx-source': 'wx_client', 'x-wx-service': 'auth' })
  expect(headers).not.toHaveProperty('x-wx-from-openid')
})

it('a service that is not mapped fails, saying so; without containers there is no wx.cloud', async () => {
  const { emulator, cloud } = await openPhone()
  await expect(cloud.callContainer({ config: { env: 'prod-2' }, path: '/', header: { 'X-WX-SERVICE': 'auth' } })).rejects.toEqual({ errMsg: 'cloud.callContainer:fail no service "prod-2/auth" in "containers" of openDevice' })
  expect('cloud' in emulator.openDevice({ appid: 'wxemu0123456789abc', person: 'ming' }).wx).toBe(false)
})

it('offline it fails as requests do', async () => {
  const { device, cloud } = await openPhone()
  device.network = 'offline'
  await expect(cloud.callContainer({ config: { env: 'prod-1' }, path: '/', header: { 'X-WX-SERVICE': 'auth' } })).rejects.toMatchObject({ errMsg: 'cloud.callContainer:fail -106:net::ERR_INTERNET_DISCONNECTED' })
})
