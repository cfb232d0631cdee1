import { describe, expect, it } from 'vitest'
import { ERRORS } from '@tongxing/protocol'
import { problemBody } from '../test/backend.js'
import type { Answer, Backend } from '../test/backend.js'
import { breath, failureOf, inTime, openPhone, settle, times, until, useEmulator } from '../test/phone.js'
import type { Client, WxRuntime } from './index.js'

useEmulator()

/** The codes that reached the login route, exchanged or not. */
const sentCodes = (backend: Backend) => backend.to('/v1/login').map(({ body }) => (JSON.parse(body) as { code: string }).code)

describe('login', () => {
  it('1: a cold start with one request is one wx.login, one exchange, one request', async () => {
    const { client, backend, calls } = await openPhone()
    expect((await client.get('/orders')).statusCode).toBe(200)
    expect([calls('login'), calls('checkSession'), backend.received.map(({ path }) => path)]).toEqual([1, 0, ['/v1/login', '/orders']])
  })

  it('2: a cold start with 20 parallel requests is one wx.login, one exchange, 20 requests', async () => {
    const { client, backend, calls } = await openPhone()
    backend.single = true
    const answers = await Promise.all(times(20, () => client.get('/orders')))
    expect(answers.every((answer) => answer.statusCode === 200)).toBe(true)
    expect([calls('login'), backend.to('/v1/login').length, backend.to('/orders').length]).toEqual([1, 1, 20])
  })

  it('3: a warm start with a stored session is one request and nothing else', async () => {
    const phone = await openPhone()
    await phone.client.get('/orders')
    const { client, backend, calls } = phone.relaunch()
    await client.get('/orders')
    expect([calls('login'), calls('checkSession'), calls('getStorageSync'), backend.to('/v1/login').length, backend.to('/orders').length]).toEqual([0, 0, 1, 1, 2])
  })

  it('4: login() called twice in one tick gives the same promise', async () => {
    const { client, calls } = await openPhone()
    const first = client.login()
    expect(client.login()).toBe(first)
    await first
    expect(calls('login')).toBe(1)
  })

  it('5: login() during a login that a request started joins it', async () => {
    const { client, calls } = await openPhone()
    const [answer, session] = await Promise.all([client.get('/orders'), client.login()])
    expect(answer.statusCode).toBe(200)
    expect(session).toBe(client.session)
    expect(calls('login')).toBe(1)
  })

  it('6: login({force}) during a login joins it', async () => {
    const { client, calls } = await openPhone()
    await Promise.all([client.ready(), client.login({ force: true }), client.login({ force: true })])
    expect(calls('login')).toBe(1)
  })

  it('returns the live session from login(), and gets a new one with force', async () => {
    const { client, calls } = await openPhone()
    const first = await client.login()
    expect(await client.login()).toBe(first)
    expect((await client.login({ force: true })).token).not.toBe(first.token)
    expect(calls('login')).toBe(2)
  })

  it('7: when a login fails all who wait get the same code, and the next call starts a new login', async () => {
    const { client, backend, calls } = await openPhone()
    backend.answer('/v1/login', 'store_unavailable')
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    const failures = await Promise.all(times(20, () => failureOf(client.get('/orders'))))
    expect(new Set(failures.map((failure) => failure.code))).toEqual(new Set(['LOGIN_NETWORK']))
    expect([calls('login'), errors.length]).toEqual([1, 1])
    expect((await client.get('/orders')).statusCode).toBe(200)
    expect(calls('login')).toBe(2)
  })

  it.each([
    ['the connection is cut', 'drop'], ['a gateway answers 502', { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' }], ['the server answers 503 and says nothing', { status: 503, body: '{}' }],
  ] as const)('7: when %s once, one more code is tried, and none of the 20 who wait hears of it', async (_name, answer) => {
    const { client, backend, clock, calls } = await openPhone()
    backend.answer('/v1/login', answer)
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    const answers = await inTime(clock, Promise.all(times(20, () => client.get('/orders'))))
    expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true)
    expect([calls('login'), new Set(sentCodes(backend)).size, backend.to('/orders').length, errors]).toEqual([2, 2, 20, []])
  })

  it('7: when it fails twice all who wait get the same code after two logins, and the next call starts a new one', async () => {
    const { client, backend, clock, calls } = await openPhone()
    backend.answer('/v1/login', 'drop', 2)
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    const failures = await inTime(clock, Promise.all(times(20, () => failureOf(client.get('/orders')))))
    expect(failures.every(({ code, retryable }) => code === 'LOGIN_NETWORK' && retryable)).toBe(true)
    expect([calls('login'), backend.to('/orders').length, errors.length]).toEqual([2, 0, 1])
    expect((await client.get('/orders')).statusCode).toBe(200)
  })

  it('7: the second try comes after a moment, at most a second', async () => {
    const { client, backend, clock, calls } = await openPhone()
    backend.answer('/v1/login', 'drop')
    const session = client.ready()
    await settle()
    expect(calls('login')).toBe(1)
    clock.advance(1000)
    await session
    expect(calls('login')).toBe(2)
  })

  it.each([
    ['retry_later', 'store_unavailable', {}], ['Retry-After', { status: 503, headers: { 'retry-after': '1' }, body: '{}' }, {}], ['retry: {login: 0}', 'drop', { retry: { login: 0 } }],
  ] as const)('7: %s allows no second try', async (_name, answer, options) => {
    const { client, backend, clock, calls } = await openPhone({ client: options })
    backend.answer('/v1/login', answer)
    expect(await inTime(clock, failureOf(client.ready()))).toMatchObject({ code: 'LOGIN_NETWORK', retryable: true })
    expect(calls('login')).toBe(1)
  })

  it('8: a failing wx.login rejects, with the words of wx', async () => {
    const { client, device } = await openPhone()
    device.fault({ api: 'login', kind: 'fail', reason: 'system error' })
    const failure = await failureOf(client.ready())
    expect(failure).toMatchObject({ code: 'WX_LOGIN_FAILED', retryable: true, message: 'login:fail system error' })
    expect(failure.cause).toMatchObject({ errMsg: 'login:fail system error' })
  })

  it('9: an empty code is WX_LOGIN_FAILED and is not sent', async () => {
    const { client, device, backend } = await openPhone()
    device.fault({ api: 'login', kind: 'empty_code' })
    expect((await failureOf(client.ready())).code).toBe('WX_LOGIN_FAILED')
    expect(backend.to('/v1/login')).toHaveLength(0)
    await client.ready()
    device.fault({ api: 'login', kind: 'empty_code' })
    expect((await failureOf(client.login({ force: true }))).code).toBe('WX_LOGIN_FAILED')
    expect(backend.to('/v1/login')).toHaveLength(1)
  })

  it('10: a wx.login that never calls back is TIMEOUT after 8 s and no sooner, and its late callback is ignored', async () => {
    const { client, device, backend, clock, calls } = await openPhone()
    const held = device.hold('login')
    let over = false
    const failing = failureOf(client.ready()).finally(() => { over = true })
    await held.arrived()
    clock.advance(7500)
    await settle()
    expect(over).toBe(false)
    clock.advance(500)
    expect((await failing)).toMatchObject({ code: 'TIMEOUT', retryable: true })
    held.end()
    await settle()
    expect([calls('login'), backend.to('/v1/login').length, client.session]).toEqual([1, 0, null])
    await client.ready()
    expect([calls('login'), backend.codes.length]).toEqual([2, 1])
  })

  it('11: a code that is marked as coming from a cache is not exchanged, though this launch never saw it', async () => {
    const phone = await openPhone()
    await phone.client.login()
    const { client, device, backend } = phone.relaunch()
    device.fault({ api: 'login', kind: 'from_cache' })
    expect((await failureOf(client.login({ force: true }))).code).toBe('WX_LOGIN_FAILED')
    expect(backend.to('/v1/login')).toHaveLength(1)
  })

  it('11: a code from a cache that no mark betrays is not exchanged either: it is the one before', async () => {
    const { another, device, backend } = await openPhone()
    // A base library that answers from the cache and does not say so.
    const login: WxRuntime['login'] = ({ success, ...options }) => device.wx.login({ ...options, success: ({ code, errMsg }) => success?.({ code, errMsg }) })
    const client = another({ runtime: { ...device.wx, login } })
    await client.login()
    device.fault({ api: 'login', kind: 'from_cache' })
    expect((await failureOf(client.login({ force: true }))).code).toBe('WX_LOGIN_FAILED')
    expect(backend.to('/v1/login')).toHaveLength(1)
  })

  it('12: an exchange that times out is tried once more with a new code', async () => {
    const { client, backend, clock, calls } = await openPhone()
    backend.answer('/v1/login', 'hang')
    const session = client.ready()
    await until(() => backend.to('/v1/login').length === 1)
    clock.advance(8000)
    expect((await session).token).toBe(backend.tokens[0])
    expect([calls('login'), new Set(sentCodes(backend)).size]).toEqual([2, 2])
  })

  it('12: two exchanges that time out are TIMEOUT after two codes, each sent once', async () => {
    const { client, backend, clock, calls } = await openPhone()
    backend.answer('/v1/login', 'hang', 2)
    const failing = failureOf(client.ready())
    for (const count of [1, 2]) {
      await until(() => backend.to('/v1/login').length === count)
      clock.advance(8000)
    }
    expect(await failing).toMatchObject({ code: 'TIMEOUT', retryable: true })
    await settle()
    expect([calls('login'), new Set(sentCodes(backend)).size, backend.to('/v1/login').length]).toEqual([2, 2, 2])
  })

  it.each(['validation_failed', 'app_disabled', 'wx_user_blocked', 'app_unknown', 'session_key_stale'] as const)('13: %s at the exchange is LOGIN_REFUSED and not tried again', async (code) => {
    const { client, backend, clock, calls } = await openPhone()
    const { action } = ERRORS[code]
    backend.answer('/v1/login', code, 2)
    expect(await inTime(clock, failureOf(client.ready()))).toMatchObject({ code: 'LOGIN_REFUSED', retryable: false, action, problem: { code } })
    expect([calls('login'), backend.received.length]).toEqual([1, 1])
  })

  it.each([400, 403, 404, 410, 422])('13: a %d of the exchange without a problem document is LOGIN_REFUSED and not tried again', async (status) => {
    const { client, backend, clock, calls } = await openPhone()
    backend.answer('/v1/login', { status, body: '{}' }, 2)
    expect(await inTime(clock, failureOf(client.ready()))).toMatchObject({ code: 'LOGIN_REFUSED', retryable: false })
    expect([calls('login'), backend.received.length]).toEqual([1, 1])
  })

  it('13: relogin at the exchange allows one new code, then LOGIN_REFUSED', async () => {
    const { client, backend, calls } = await openPhone()
    backend.answer('/v1/login', 'wx_code_used')
    await client.ready()
    expect(calls('login')).toBe(2)
    backend.answer('/v1/login', 'wx_code_invalid', 5)
    expect(await failureOf(client.login({ force: true }))).toMatchObject({ code: 'LOGIN_REFUSED', action: 'relogin' })
    expect([calls('login'), new Set(sentCodes(backend)).size]).toEqual([4, 4])
  })

  it.each<readonly [string, Answer, number]>([
    ['a cut connection', 'drop', 2], ['500', { status: 500, body: '{}' }, 2], ['502', { status: 502, body: '<html>' }, 2], ['503', { status: 503, body: '' }, 2],
    ['504', { status: 504, body: '' }, 2], ['wx_unavailable', 'wx_unavailable', 1], ['wx_timeout', 'wx_timeout', 2],
  ])('14: %s at the exchange is LOGIN_NETWORK and retryable', async (_name, answer, tries) => {
    const { client, backend, clock, calls } = await openPhone()
    backend.answer('/v1/login', answer, tries)
    expect(await inTime(clock, failureOf(client.ready()))).toMatchObject({ code: 'LOGIN_NETWORK', retryable: true })
    expect([calls('login'), client.session]).toEqual([tries, null])
    expect((await client.ready()).token).toBe(backend.tokens[0])
  })

  it('14: without a network once the code is there it is LOGIN_NETWORK and retryable; a domain that nobody listed is not worth a retry', async () => {
    const { client, device } = await openPhone({ client: { retry: { login: 0 } } })
    const held = device.hold('login')
    const failing = failureOf(client.ready())
    await held.arrived()
    device.network = 'offline'
    held.end()
    expect(await failing).toMatchObject({ code: 'LOGIN_NETWORK', retryable: true })
    device.network = 'good'
    delete device.domains['https://api.demo.test']
    expect(await failureOf(client.ready())).toMatchObject({ code: 'LOGIN_NETWORK', retryable: false })
  })

  it.each<readonly [string, (client: Client) => unknown]>([
    ['logins that fail one after another', (client) => client.ready()],
    ['forced logins one after another', (client) => client.login({ force: true })],
    ['log-outs and logins in one turn', (client) => times(12, () => {
      void client.logout({ server: false })
      return client.login()
    }).at(-1)],
    ['log-outs while wx.login is under way', async (client) => {
      for (let i = 0; i < 12; i++) {
        void client.logout({ server: false })
        client.login().catch(() => undefined)
        await breath()
      }
      return client.login()
    }],
  ])('15: there are at most 4 wx.login in any second: %s', async (name, storm) => {
    const { client, backend, device, clock } = await openPhone()
    if (name.includes('fail')) backend.answer('/v1/login', 'store_unavailable', 100)
    for (let round = 0; round < 6; round++) {
      let over = false
      const end = () => { over = true }
      void Promise.resolve(storm(client)).then(end, end)
      while (!over) {
        await breath()
        if (!over) clock.advance(Math.min(Math.max(clock.nextDue(), 1), 100))
      }
    }
    const at = device.calls.filter((call) => call.api === 'login').map((call) => call.at)
    expect(at.length).toBeGreaterThanOrEqual(6)
    for (let i = 4; i < at.length; i++) expect((at[i] ?? 0) - (at[i - 4] ?? 0)).toBeGreaterThanOrEqual(1000)
  })

  it('16: an answer without a token is LOGIN_REFUSED', async () => {
    const { client, backend, clock } = await openPhone()
    for (const body of ['{"ok":true}', 'null', '[]', '{"token":""}', '{"token":7}']) {
      backend.answer('/v1/login', { status: 200, body })
      expect((await failureOf(client.ready())).code).toBe('LOGIN_REFUSED')
      clock.advance(1000)
    }
    expect(client.session).toBe(null)
  })

  it('17: a captive portal\'s page is not stored as a session', async () => {
    const { client, backend, stored, clock } = await openPhone()
    backend.answer('/v1/login', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>token</html>' }, 2)
    expect(await inTime(clock, failureOf(client.ready()))).toMatchObject({ code: 'LOGIN_NETWORK', retryable: true })
    expect([stored(), client.session]).toEqual([{}, null])
  })

  it('22: a plain 401 of the login route itself is LOGIN_REFUSED without recursion', async () => {
    const { client, backend, calls } = await openPhone()
    backend.answer('/v1/login', { status: 401, body: '' }, 5)
    expect((await failureOf(client.get('/orders'))).code).toBe('LOGIN_REFUSED')
    expect([calls('login'), backend.received.length]).toEqual([1, 1])
  })

  it('W1: Retry-After of a login is the earliest time of the next wx.login', async () => {
    const { client, backend, clock, calls } = await openPhone()
    backend.answer('/v1/login', { status: 429, headers: { 'content-type': 'application/problem+json', 'retry-after': '30' }, body: problemBody('wx_rate_limited') })
    expect(await failureOf(client.ready())).toMatchObject({ code: 'LOGIN_NETWORK', retryable: true, action: 'retry_later' })
    clock.advance(29_000)
    expect((await failureOf(client.ready())).action).toBe('retry_later')
    expect(calls('login')).toBe(1)
    clock.advance(1000)
    await client.ready()
    expect(calls('login')).toBe(2)
  })

  it('sends appid, code and the extra fields', async () => {
    const { client, backend, device } = await openPhone({ client: { extraLogin: async () => ({ channel: 'poster' }) } })
    await client.login()
    expect(JSON.parse(backend.to('/v1/login')[0]?.body ?? '')).toEqual({ appid: device.appid, code: backend.codes[0], extra: { channel: 'poster' } })
  })

  it('logs in only on purpose with autoLogin: false', async () => {
    const { client, backend, clock, calls } = await openPhone({ client: { autoLogin: false } })
    expect((await failureOf(client.get('/orders'))).code).toBe('SIGNED_OUT')
    expect(calls('login')).toBe(0)
    await client.login()
    expect((await client.get('/orders')).statusCode).toBe(200)
    clock.advance(backend.life * 0.95)
    await client.get('/orders')
    backend.kill()
    expect((await failureOf(client.get('/orders'))).code).toBe('SIGNED_OUT')
    expect(calls('login')).toBe(1)
  })

  it('answers UNSUPPORTED where there is no wx, and touches none before it is used', async () => {
    const { client, another } = await openPhone()
    expect(client.session).toBe(null)
    const { createClient } = await import('./index.js')
    const lost = createClient({ baseURL: 'https://api.demo.test' })
    expect(lost.session).toBe(null)
    expect((await failureOf(lost.ready())).code).toBe('UNSUPPORTED')
    expect((await failureOf(another({ runtime: {} as never }).ready())).code).toBe('UNSUPPORTED')
  })

  it('an extraLogin that hangs fails the login after 8 s, and the next login asks again', async () => {
    let hook = (): Promise<Record<string, unknown>> => new Promise(() => undefined)
    const { client, clock, calls } = await openPhone({ client: { extraLogin: () => hook() } })
    const failing = failureOf(client.get('/orders'))
    clock.advance(8000)
    expect(await failing).toMatchObject({ code: 'WX_LOGIN_FAILED', retryable: true, cause: { message: 'timeout' } })
    expect(calls('login')).toBe(0)
    hook = async () => ({})
    expect((await client.get('/orders')).statusCode).toBe(200)
  })

  it.each<[string, () => Promise<never>]>([
    ['rejects', () => Promise.reject(new Error('mistake'))], ['throws', () => { throw new Error('mistake') }],
  ])('an extraLogin that %s is an AuthError with its cause', async (_name, extraLogin) => {
    const { client } = await openPhone({ client: { extraLogin } })
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    const failure = await failureOf(client.ready())
    expect(failure).toMatchObject({ isAuthError: true, code: 'WX_LOGIN_FAILED', retryable: true, cause: { message: 'mistake' } })
    expect(errors).toEqual([failure])
  })
})
