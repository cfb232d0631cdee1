import { describe, expect, it } from 'vitest'
import { failureOf, openPhone, times, until, useEmulator } from '../test/phone.js'
import { createClient } from './index.js'
import type { WxRuntime } from './index.js'

useEmulator()

type Options = Record<string, unknown> & { success?: (value: unknown) => void, fail?: (value: unknown) => void }
type Functions = Record<string, (options: Options) => unknown>

/** The emulator's wx in the manner of another host: `wrap` sees each call that takes callbacks. */
function hosted(wx: object, wrap: (name: string, call: (options: Options) => unknown, options: Options) => unknown): WxRuntime {
  const functions = wx as Functions
  const wrapped = Object.fromEntries(['login', 'request', 'uploadFile', 'downloadFile', 'checkSession'].map((name) =>
    [name, (options: Options) => wrap(name, (given) => functions[name]?.(given), options)]))
  return { ...functions, ...wrapped } as unknown as WxRuntime
}

/** Calls back, and returns a promise besides, which rejects where `fail` is called. */
function promised(call: (options: Options) => unknown, options: Options): { promise: Promise<unknown>, task: unknown } {
  let task: unknown
  const promise = new Promise((resolve, reject) => {
    const both = (callback: ((value: unknown) => void) | undefined, settle: (value: unknown) => void) => (value: unknown) => {
      callback?.(value)
      settle(value)
    }
    task = call({ ...options, success: both(options.success, resolve), fail: both(options.fail, reject) })
  })
  return { promise, task }
}

/** Taro: a promise with the task's members. */
const taro = (wx: object) => hosted(wx, (_name, call, options) => {
  const { promise, task } = promised(call, options)
  return Object.assign(promise, { abort: () => { (task as { abort(): void }).abort() } })
})

/** uni-app: wx.login wants a provider. */
const uni = (wx: object) => hosted(wx, (name, call, options) => {
  if (name === 'login' && options['provider'] !== 'weixin') return options.fail?.({ errMsg: 'login:fail no provider' })
  return call(options)
})

/** mpx with api-proxy: nothing but a promise. */
const mpx = (wx: object) => hosted(wx, (_name, call, options) => promised(call, options).promise)

describe.each([['Taro', taro], ['uni-app', uni], ['mpx', mpx]] as const)('in the manner of %s', (_name, host) => {
  it('20 requests log in once, cold and after the session died, and no rejection is left over', async () => {
    const { another, device, backend, calls } = await openPhone()
    const client = another({ runtime: host(device.wx) })
    await Promise.all(times(20, () => client.get('/orders')))
    backend.kill()
    const answers = await Promise.all(times(20, () => client.get('/orders')))
    expect([calls('login'), answers.every(({ statusCode }) => statusCode === 200)]).toEqual([2, true])
    backend.answer('/orders', 'drop')
    expect((await failureOf(client.get('/orders'))).code).toBe('NETWORK')
  })

  it('an abort rejects at once', async () => {
    const { another, device, backend } = await openPhone()
    const client = another({ runtime: host(device.wx) })
    await client.login()
    const gate = backend.hold('/slow')
    const slow = client.get('/slow')
    await until(() => gate.waiting() === 1)
    slow.abort()
    expect((await failureOf(slow)).code).toBe('ABORTED')
    gate.release()
  })
})

describe('hosts', () => {
  it('in a plugin a login is UNSUPPORTED, and wx.login is not called', async () => {
    const { another, device, calls } = await openPhone()
    const runtime = { ...device.wx, getAccountInfoSync: () => ({ ...device.wx.getAccountInfoSync(), plugin: { appId: 'wxemu00000000000ff', version: '1.0.0' } }) }
    expect(await failureOf(another({ runtime }).get('/orders'))).toMatchObject({ code: 'UNSUPPORTED', retryable: false })
    expect(calls('login')).toBe(0)
  })

  it('with a container requests go through wx.cloud.callContainer, with everything that holds for requests', async () => {
    const containers: Record<string, string> = {}
    const { device, backend, clock, calls } = await openPhone({ device: { containers } })
    containers['prod-1/auth'] = backend.url
    const client = createClient({ container: { env: 'prod-1', service: 'auth' }, runtime: device.wx, clock })
    await Promise.all(times(20, () => client.get('/orders')))
    backend.kill()
    expect((await client.post('/orders', { a: 1 })).statusCode).toBe(200)
    expect([calls('login'), backend.to('/orders').length]).toEqual([2, 22])
    expect(backend.received.find(({ path }) => path === '/v1/login')).toMatchObject({ headers: { 'x-wx-env': 'prod-1', 'x-wx-service': 'auth' } })
    await expect(client.get('https://api.demo.test/orders')).rejects.toThrow(/another host/)
    expect((await failureOf(client.upload({ url: '/files', filePath: 'wxfile://x' }))).code).toBe('UNSUPPORTED')
    const lost = createClient({ container: { env: 'prod-1', service: 'auth' }, runtime: (await openPhone()).device.wx, clock })
    expect((await failureOf(lost.get('/orders'))).code).toBe('UNSUPPORTED')
  })

  it('two AppIDs and two names live side by side in one storage', async () => {
    const { another, stored, device } = await openPhone()
    const [first, second] = [another({ storageKey: 'shop' }), another({ storageKey: 'forum' })]
    await Promise.all([first.login(), second.login()])
    expect(Object.keys(stored()).sort()).toEqual([`forum:${device.appid}:release`, `shop:${device.appid}:release`])
    await first.logout()
    expect([first.session, second.session?.token]).toEqual([null, second.session?.token])
    expect(another({ storageKey: 'forum' }).session?.token).toBe(second.session?.token)
  })

  it('device is sent with the login', async () => {
    const { another, backend } = await openPhone()
    await another({ device: '小明的手机' }).login()
    expect(JSON.parse(backend.to('/v1/login')[0]?.body ?? '')).toMatchObject({ device: '小明的手机' })
  })
})

describe('debug', () => {
  it('tells each step in a line, without token, code, query or body', async () => {
    const { another, backend } = await openPhone()
    const lines: string[] = []
    const client = another({ debug: (line) => lines.push(line) })
    await client.get('/orders?openid=o-secret')
    backend.kill()
    await client.post('/orders', { password: 'hunter2' })
    backend.answer('/orders', 'drop')
    await failureOf(client.get('/orders'))
    await client.logout()
    expect(lines.map((line) => line.replace(/\d+ ms/, 'n ms').replace(/u_\S+/, 'uid'))).toEqual([
      'wx.login → login:ok n ms',
      'POST https://api.demo.test/v1/login → 200 n ms',
      'event login: uid',
      'GET https://api.demo.test/orders → 200 n ms',
      'POST https://api.demo.test/orders → 401 session_expired relogin n ms',
      'event expired: relogin',
      'wx.login → login:ok n ms',
      'POST https://api.demo.test/v1/login → 200 n ms',
      'event login: uid',
      'POST https://api.demo.test/orders → 200 n ms',
      'GET https://api.demo.test/orders → request:fail -101:net::ERR_CONNECTION_RESET n ms',
      'event logout: app',
      'POST https://api.demo.test/v1/logout → 204 n ms',
    ])
    for (const secret of [...backend.tokens, ...backend.codes, 'o-secret', 'hunter2']) expect(lines.join('\n')).not.toContain(secret)
  })

  it('tells one line of a request that timed out, though wx reports its abort as well', async () => {
    const { another, backend, clock } = await openPhone()
    const lines: string[] = []
    const client = another({ debug: (line) => lines.push(line) })
    await client.login()
    lines.length = 0
    backend.answer('/orders', 'hang')
    const failing = failureOf(client.get('/orders'))
    await until(() => backend.to('/orders').length === 1)
    clock.advance(15_000)
    expect((await failing).code).toBe('TIMEOUT')
    await client.get('/news')
    expect(lines.map((line) => line.replace(/\d+ ms/, 'n ms'))).toEqual(['GET https://api.demo.test/orders → request:fail timeout n ms', 'GET https://api.demo.test/news → 200 n ms'])
  })

  it('true prints on the console', async () => {
    const { another } = await openPhone()
    const lines: unknown[] = []
    const spy = console.log
    console.log = (line: unknown) => lines.push(line)
    await another({ debug: true }).login()
    console.log = spy
    expect(lines[0]).toMatch(/^\[tongxing\] wx\.login → login:ok \d+ ms$/)
  })
})
