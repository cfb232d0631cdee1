import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { problemBody } from '../test/backend.js'
import { BASE_URL, failureOf, inTime, openPhone, settle, times, until, useEmulator } from '../test/phone.js'
import { isAuthError } from './index.js'
import type { RequestOptions } from './index.js'

useEmulator()

const PROBLEM = { 'content-type': 'application/problem+json' }
const PLAIN_401 = { status: 401, headers: { 'content-type': 'text/plain' }, body: 'no' }

describe('transport', () => {
  it('31: refuses a request that brings its own Authorization, whatever its case', async () => {
    const { client, backend } = await openPhone()
    const failing = client.get('/orders', { header: { authorization: 'Bearer mine' } })
    await expect(failing).rejects.toThrow(TypeError)
    expect(backend.received).toHaveLength(0)
    expect((await client.get('/public', { header: { authorization: 'Bearer mine' }, auth: 'none' })).statusCode).toBe(401)
  })

  it('31: what is refused is the header that the client signs with, whatever it is called', async () => {
    const { client, backend } = await openPhone({ client: { header: (token) => ({ 'X-Session': token, Authorization: `Bearer ${token}` }) } })
    await expect(client.get('/orders', { header: { 'x-session': 'mine' } })).rejects.toThrow(/x-session/)
    expect(backend.received).toHaveLength(0)
    await client.get('/orders', { header: { 'X-Trace': '1' } })
    expect(backend.to('/orders')[0]?.headers).toMatchObject({ 'x-session': client.session?.token, 'x-trace': '1' })
  })

  it('31: a token never goes to another host', async () => {
    const { client, backend } = await openPhone()
    for (const url of ['https://evil.test/', `${BASE_URL}.evil.test/`, `${BASE_URL}@evil.test`, 'HTTPS://evil.test']) {
      await expect(client.get(url)).rejects.toThrow(/another host/)
    }
    expect(backend.received).toHaveLength(0)
    expect((await client.get(`${BASE_URL}/orders`)).statusCode).toBe(200)
  })

  it('32, 33: the resent request is identical, though the caller changed its objects, and is sent exactly once more', async () => {
    const { client, backend } = await openPhone()
    await client.login()
    backend.kill()
    const data = { b: 'ä', list: [1] }
    const header = { 'X-Trace': '1' }
    const options: RequestOptions = { url: '/orders?x=1', method: 'POST', data, header }
    const frozen = JSON.stringify(options)
    const answer = client.request(options)
    expect(JSON.stringify(options)).toBe(frozen)
    data.b = 'changed'
    header['X-Trace'] = '2'
    expect((await answer).statusCode).toBe(200)
    const [first, second, ...more] = backend.to('/orders')
    expect(more).toHaveLength(0)
    const { authorization: firstToken, ...firstHeaders } = first?.headers ?? {}
    const { authorization: secondToken, ...secondHeaders } = second?.headers ?? {}
    expect(secondToken).not.toBe(firstToken)
    expect([second?.url, second?.method, second?.body, secondHeaders]).toEqual([first?.url, 'POST', '{"b":"ä","list":[1]}', firstHeaders])
    expect(first?.headers['x-trace']).toBe('1')
  })

  it('32: a query from data is not doubled, and a text body is not rewritten', async () => {
    const { client, backend } = await openPhone()
    await client.login()
    backend.kill()
    await client.get('/orders', { data: { page: 2 } })
    expect(backend.to('/orders').map((request) => request.url)).toEqual(['/orders?page=2', '/orders?page=2'])
    await client.post('/raw', '{"id": 12345678901234567890}')
    expect(backend.to('/raw')[0]?.body).toBe('{"id": 12345678901234567890}')
    await client.put('/raw', { a: 1 })
    await client.delete('/raw')
    expect(backend.to('/raw').map((request) => request.method)).toEqual(['POST', 'PUT', 'DELETE'])
  })

  it('33: replay: false is never resent; it rejects retryable, and the next request logs in', async () => {
    const { client, backend, calls } = await openPhone()
    await client.login()
    backend.kill()
    expect(await failureOf(client.post('/pay', {}, { replay: false }))).toMatchObject({ code: 'SESSION_REJECTED', retryable: true })
    expect([calls('login'), client.session]).toEqual([1, null])
    expect((await client.post('/pay', {}, { replay: false })).statusCode).toBe(200)
    expect([calls('login'), backend.to('/pay').length]).toEqual([2, 2])
  })

  it('34: auth: none sends no token and waits for nothing', async () => {
    const { client, backend, calls } = await openPhone()
    const gate = backend.hold('/v1/login')
    const waiting = client.ready()
    expect((await client.get('/public', { auth: 'none' })).statusCode).toBe(200)
    gate.release()
    await waiting
    expect((await client.get('/orders', { auth: 'none' })).statusCode).toBe(401)
    expect([calls('login'), backend.to('/orders')[0]?.token]).toEqual([1, undefined])
  })

  it('35: auth: optional signs when it can, starts no login, and goes without a dead token', async () => {
    const { client, backend, calls } = await openPhone()
    await client.get('/public', { auth: 'optional' })
    expect(calls('login')).toBe(0)
    const { token } = await client.login()
    await client.get('/public', { auth: 'optional' })
    backend.kill()
    expect((await client.get('/public', { auth: 'optional' })).data).toEqual({ public: true })
    expect(backend.to('/public').map((request) => request.token)).toEqual([undefined, token, token, undefined])
    expect([calls('login'), client.session]).toEqual([1, null])
  })

  it('49: abort before the login, while queued, and in flight rejects ABORTED and sends nothing later', async () => {
    const { client, backend } = await openPhone()
    const early = client.get('/early')
    early.abort()
    expect((await failureOf(early)).code).toBe('ABORTED')
    await client.login()
    const gate = backend.hold('/slow')
    const slow = times(9, () => client.get('/slow'))
    const queued = client.get('/queued')
    await until(() => gate.waiting() === 9)
    queued.abort()
    expect((await failureOf(queued)).code).toBe('ABORTED')
    slow[0]?.abort()
    expect((await failureOf(slow[0] ?? Promise.resolve())).code).toBe('ABORTED')
    expect((await client.get('/orders')).statusCode).toBe(200)
    gate.release()
    await Promise.all(slow.slice(1))
    expect([backend.to('/early').length, backend.to('/queued').length]).toEqual([0, 0])
    slow[1]?.abort()
    expect((await slow[1])?.statusCode).toBe(200)
  })

  it('50: aborting one who waits does not cancel the login of the others', async () => {
    const { client, calls } = await openPhone()
    const [first, second] = [client.get('/orders'), client.get('/orders')]
    first.abort()
    expect((await failureOf(first)).code).toBe('ABORTED')
    expect((await second).statusCode).toBe(200)
    expect(calls('login')).toBe(1)
  })

  it('51: slow requests in all slots and an expired token do not starve the login', async () => {
    const { client, backend } = await openPhone()
    await client.login()
    const gate = backend.hold('/slow')
    const slow = times(30, () => client.get('/slow'))
    await until(() => gate.waiting() === 9)
    await client.login({ force: true })
    expect(backend.to('/v1/login')).toHaveLength(2)
    backend.kill()
    gate.release()
    expect((await Promise.all(slow)).every((answer) => answer.statusCode === 200)).toBe(true)
    expect(backend.to('/slow').slice(9).filter((request) => request.token === backend.tokens[0])).toHaveLength(0)
  })

  it.each([false, true])('56: success or fail and complete are called once, in this order (each of them throws: %s)', async (throws) => {
    const { client, backend } = await openPhone()
    const order: string[] = []
    const spy = console.error
    console.error = () => order.push('reported')
    const told = (what: string) => () => {
      order.push(what)
      if (throws) throw new Error('mistake')
    }
    const callbacks = (name: string) => ({ success: told(`${name} success`), fail: told(`${name} fail`), complete: told(`${name} complete`) })
    await client.request({ url: '/orders', ...callbacks('first') })
    backend.answer('/orders', 'drop')
    // Nobody waits for this promise, so its rejection must be nobody's either.
    void client.request({ url: '/orders', ...callbacks('second') })
    await until(() => order.includes('second complete'))
    await settle()
    console.error = spy
    const wanted = ['first success', 'first complete', 'second fail', 'second complete']
    expect(order).toEqual(throws ? wanted.flatMap((line) => [line, 'reported']) : wanted)
  })

  it('57: a chunked request is passed on untouched, and its task handed out', async () => {
    const { client, backend } = await openPhone()
    const tasks: unknown[] = []
    const chunks: number[] = []
    await client.get('/stream', {
      enableChunked: true,
      onTask(task) {
        tasks.push(task)
        ;(task as { onChunkReceived(listener: (result: { data: ArrayBuffer }) => void): void }).onChunkReceived(({ data }) => chunks.push(data.byteLength))
      },
    })
    expect([tasks.length, chunks.length > 0, backend.to('/stream').length]).toEqual([1, true, 1])
  })

  it('W5: there is no PATCH: neither for the compiler nor in wx', async () => {
    const { client } = await openPhone()
    // @ts-expect-error wx.request has no PATCH
    await expect(client.request({ url: '/orders', method: 'PATCH' })).rejects.toThrow(/method/)
    expect('patch' in client).toBe(false)
  })

  it('80: no error and no URL holds the token', async () => {
    const { client, backend, device, clock } = await openPhone({ client: { webviewHosts: ['h5.example.com'] } })
    await client.login()
    const failures: unknown[] = []
    const fails = async (call: () => Promise<unknown>) => { failures.push(await inTime(clock, failureOf(call()))) }
    for (const answer of ['drop', PLAIN_401, { status: 401, headers: PROBLEM, body: problemBody('session_expired', { action: 'contact_admin' }) }] as const) {
      backend.answer('/orders', answer, 2)
      await fails(() => client.get('/orders', { replay: false }))
    }
    device.fault({ api: 'request', kind: 'fail', reason: 'interrupted', times: 2 })
    await fails(() => client.get('/orders'))
    backend.answer('/file', { status: 503, body: '' })
    await fails(() => client.download({ url: '/file' }))
    backend.answer('/v1/me/avatar', 'profile_rejected')
    await fails(() => client.profile.save({ avatarUrl: device.keepFile(Buffer.from('picture')) }))
    backend.answer('/v1/me', 'profile_rejected')
    await fails(() => client.profile.save({ nickname: '大明' }))
    backend.answer('/v1/tickets', 'store_unavailable')
    await fails(() => client.webviewTicket('https://h5.example.com/'))
    backend.answer('/v1/login', 'store_unavailable')
    await fails(() => client.login({ force: true }))
    const shown = await client.webviewTicket('https://h5.example.com/')
    const socket = client.connect({ url: '/live', onClose: ({ error }) => failures.push(error) })
    await until(() => backend.sockets.length === 1)
    await fails(() => socket.send({} as never))
    backend.answer('/v1/logout', 'store_unavailable')
    await fails(() => client.logout())
    expect(failures.filter((failure) => !isAuthError(failure))).toEqual([])
    // The socket's end is told as well.
    expect(failures).toHaveLength(12)
    for (const failure of failures) expect(inspect(failure, { depth: Infinity, showHidden: true })).not.toContain('token-')
    for (const url of [shown, ...backend.received.map((request) => request.url), ...backend.sockets.map((accepted) => accepted.url)]) expect(url).not.toContain('token-')
  })

  it.each([0, NaN, -1])('a timeout of %d is no timeout: the default holds', async (timeout) => {
    const { client, backend, clock } = await openPhone()
    backend.answer('/orders', 'hang')
    const failing = failureOf(client.get('/orders', { timeout }))
    await until(() => backend.to('/orders').length === 1)
    clock.advance(15_000)
    expect((await failing).code).toBe('TIMEOUT')
  })

  it('a body that is an instance of a class keeps its toJSON; plain objects are copied, with and without a prototype', async () => {
    class Money {
      readonly cents = 7
      toJSON(): object { return { amount: this.cents } }
    }
    const { client, backend } = await openPhone()
    const bare = Object.assign(Object.create(null) as { a: number }, { a: 1 })
    const sent = [client.post('/pay', new Money()), client.post('/bare', bare)]
    bare.a = 2
    await Promise.all(sent)
    expect([backend.to('/pay')[0]?.body, backend.to('/bare')[0]?.body]).toEqual(['{"amount":7}', '{"a":1}'])
  })
})
