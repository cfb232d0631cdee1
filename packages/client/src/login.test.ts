import { describe, expect, it } from 'vitest'
import { problemBody } from '../test/backend.js'
import { failureOf, inTime, openPhone, settle, times, until, useEmulator } from '../test/phone.js'

useEmulator()

describe('login', () => {
  it('1: a cold start with one request is one wx.login, one exchange, one request', async () => {
    const { client, backend, calls } = await openPhone()
    expect((await client.get('/orders')).statusCode).toBe(200)
    expect([calls('login'), calls('checkSession'), backend.to('/v1/login').length, backend.to('/orders').length]).toEqual([1, 0, 1, 1])
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
    const codes = backend.to('/v1/login').map(({ body }) => (JSON.parse(body) as { code: string }).code)
    expect([calls('login'), new Set(codes).size, backend.to('/orders').length, errors]).toEqual([2, 2, 20, []])
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
  })

  it('10: a wx.login that never calls back is TIMEOUT after 8 s, and its late callback is ignored', async () => {
    const { client, device, backend, clock } = await openPhone()
    const held = device.hold('login')
    const failing = failureOf(client.ready())
    await held.arrived()
    clock.advance(7999)
    await settle()
    clock.advance(1)
    expect((await failing)).toMatchObject({ code: 'TIMEOUT', retryable: true })
    held.end()
    await settle()
    expect([backend.to('/v1/login').length, client.session]).toEqual([0, null])
  })

  it('11: a code from a cache is not exchanged, marked as such or not', async () => {
    const { client, device, backend } = await openPhone()
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
    const codes = backend.to('/v1/login').map((request) => (JSON.parse(request.body) as { code: string }).code)
    expect([calls('login'), new Set(codes).size]).toEqual([2, 2])
  })

  it('12: two exchanges that time out are TIMEOUT', async () => {
    const { client, backend, clock } = await openPhone()
    backend.answer('/v1/login', 'hang', 2)
    const failing = failureOf(client.ready())
    for (const count of [1, 2]) {
      await until(() => backend.to('/v1/login').length === count)
      clock.advance(8000)
    }
    expect(await failing).toMatchObject({ code: 'TIMEOUT', retryable: true })
  })

  it('13: a 4xx of the exchange is LOGIN_REFUSED and not tried again', async () => {
    const { client, backend, calls } = await openPhone()
    backend.answer('/v1/login', 'wx_user_blocked')
    expect(await failureOf(client.ready())).toMatchObject({ code: 'LOGIN_REFUSED', retryable: false, action: 'none', problem: { code: 'wx_user_blocked' } })
    expect(calls('login')).toBe(1)
  })

  it('13: relogin at the exchange allows one new code, then LOGIN_REFUSED', async () => {
    const { client, backend, calls } = await openPhone()
    backend.answer('/v1/login', 'wx_code_used')
    await client.ready()
    expect(calls('login')).toBe(2)
    backend.answer('/v1/login', 'wx_code_invalid', 5)
    expect(await failureOf(client.login({ force: true }))).toMatchObject({ code: 'LOGIN_REFUSED', action: 'relogin' })
    expect(calls('login')).toBe(4)
  })

  it('14: 5xx, a cut connection and no network are LOGIN_NETWORK and retryable', async () => {
    const { client, backend, device, clock } = await openPhone()
    for (const [answer, tries] of [['drop', 2], [{ status: 502, body: '<html>' }, 2], ['wx_unavailable', 1]] as const) {
      backend.answer('/v1/login', answer, tries)
      expect(await inTime(clock, failureOf(client.ready()))).toMatchObject({ code: 'LOGIN_NETWORK', retryable: true })
    }
    delete device.domains['https://api.demo.test']
    expect(await failureOf(client.ready())).toMatchObject({ code: 'LOGIN_NETWORK', retryable: false })
  })

  it('15: there are at most 4 wx.login in any second, whatever storm there is', async () => {
    const { client, backend, device, clock } = await openPhone()
    backend.answer('/v1/login', 'store_unavailable', 100)
    let failed = 0
    for (let i = 0; i < 12; i++) {
      client.ready().catch(() => { failed++ })
      while (failed <= i) {
        await settle()
        if (failed <= i) clock.advance(100)
      }
    }
    const at = device.calls.filter((call) => call.api === 'login').map((call) => call.at)
    expect(at).toHaveLength(12)
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
    expect(stored()).toEqual({})
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
