import { describe, expect, it } from 'vitest'
import { ERRORS } from '@tongxing/protocol'
import type { ErrorCode } from '@tongxing/protocol'
import { problemBody } from '../test/backend.js'
import type { Answer } from '../test/backend.js'
import { failureOf, openPhone, settle, times, until, useEmulator } from '../test/phone.js'

useEmulator()

const PROBLEM = { 'content-type': 'application/problem+json' }
const PLAIN_401 = { status: 401, headers: { 'content-type': 'text/plain' }, body: 'no' }

describe('a session that dies', () => {
  it.each([false, true])('18, 19, 45: 20 requests in flight whose token dies are one login, 20 answers, one expired event (single session: %s)', async (single) => {
    const { client, backend, calls } = await openPhone()
    backend.single = single
    await client.login()
    const expired: unknown[] = []
    client.on('expired', (detail) => expired.push(detail))
    const gate = backend.hold('/orders')
    const flying = times(20, (i) => client.get(`/orders?${i}`))
    await until(() => gate.waiting() === 9)
    // It was good when they were sent.
    backend.kill()
    gate.release()
    expect((await Promise.all(flying)).map((answer) => answer.statusCode)).toEqual(times(20, () => 200))
    // Nine had gone out with the token that died; the others still queued and were signed anew.
    expect([calls('login'), backend.received.length]).toEqual([2, 2 + 9 + 20])
    expect(expired).toMatchObject([{ action: 'relogin', problem: { code: 'session_expired' } }])
  })

  it('20: a straggler\'s 401 after the new login starts no second one and is sent again with the new token', async () => {
    const { client, backend, calls } = await openPhone()
    backend.single = true
    await client.login()
    backend.kill()
    const gate = backend.hold('/slow')
    const straggler = client.get('/slow')
    await until(() => gate.waiting() === 1)
    await client.get('/orders')
    const { token } = client.session ?? {}
    gate.release()
    expect((await straggler).statusCode).toBe(200)
    expect(calls('login')).toBe(2)
    expect(client.session?.token).toBe(token)
    expect(backend.to('/slow').map((request) => request.token)).toEqual([backend.tokens[0], token])
  })

  it('21: a 401 of a brand-new session is SESSION_REJECTED after one resend; the session is kept, and logins stop for a while', async () => {
    const { client, backend, calls, clock } = await openPhone()
    backend.answer('/broken', PLAIN_401, 100)
    expect(await failureOf(client.get('/broken'))).toMatchObject({ code: 'SESSION_REJECTED', retryable: false, cause: { statusCode: 401 } })
    expect([calls('login'), backend.to('/broken').length]).toEqual([2, 2])
    expect((await client.get('/orders')).statusCode).toBe(200)
    for (let i = 0; i < 5; i++) expect((await failureOf(client.get('/broken'))).code).toBe('SESSION_REJECTED')
    expect([calls('login'), backend.to('/broken').length]).toEqual([2, 7])
    clock.advance(30_000)
    await failureOf(client.get('/broken'))
    expect(calls('login')).toBe(3)
  })

  it('24: HTTP 401, body codes by isExpired, and action: relogin all lead to a login', async () => {
    const { client, backend, calls } = await openPhone({ client: { isExpired: (response) => (response.data as { code?: number }).code === 401 } })
    const answers = [PLAIN_401, { status: 200, body: '{"code":401}' }, { status: 400, headers: PROBLEM, body: problemBody('session_expired') }]
    for (const [i, answer] of answers.entries()) {
      backend.answer('/orders', answer)
      expect((await client.get('/orders')).data).toMatchObject({ path: '/orders' })
      expect(calls('login')).toBe(i + 2)
    }
  })

  it.each(['null', '', '[]', '{', '"text"', '{"action":7}', '{"action":{}}'])('25: a 401 with the body %j does not throw', async (body) => {
    const { client, backend } = await openPhone()
    for (const responseType of ['text', 'arraybuffer'] as const) {
      backend.answer('/orders', { status: 401, headers: {}, body })
      expect((await client.get('/orders', { responseType })).statusCode).toBe(200)
    }
    backend.answer('/orders', { status: 401, headers: PROBLEM, body })
    // An action that nobody knows is none: the answer is handed over.
    expect((await client.get('/orders')).statusCode).toBe(body.startsWith('{"') ? 401 : 200)
  })

  it('25: an action is found in an array buffer and in text too', async () => {
    for (const options of [{ responseType: 'arraybuffer' }, { dataType: 'text' }] as const) {
      const { client, backend, calls } = await openPhone()
      await client.login()
      backend.kill('session_revoked')
      expect(await failureOf(client.get('/orders', options))).toMatchObject({ code: 'SESSION_REJECTED', action: 'ask_user' })
      expect(calls('login')).toBe(1)
    }
  })

  it('26: a 403 never starts a login, plain or any of the error table', async () => {
    const { client, backend, calls } = await openPhone()
    const session = await client.login()
    const table = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => ERRORS[code].status === 403)
    expect(table.length).toBeGreaterThan(3)
    for (const answer of [{ status: 403, body: '{"message":"forbidden"}' }, { status: 403, body: '' }, ...table] as Answer[]) {
      backend.answer('/orders', answer)
      expect((await client.get('/orders')).statusCode).toBe(403)
    }
    expect([calls('login'), client.session]).toEqual([1, session])
  })

  it('27: a 5xx, a timeout and no network never delete the session, in memory and in storage', async () => {
    const { client, backend, clock, device, calls, relaunch } = await openPhone()
    const session = await client.login()
    for (const answer of [{ status: 500, body: '' }, { status: 502, body: '<html>' }, 'store_unavailable', 'internal', 'wx_config_error'] as Answer[]) {
      backend.answer('/orders', answer)
      expect((await client.get('/orders')).statusCode).toBeGreaterThanOrEqual(500)
    }
    backend.received.length = 0
    backend.answer('/orders', 'hang')
    const slow = failureOf(client.get('/orders'))
    await until(() => backend.to('/orders').length === 1)
    clock.advance(15_000)
    expect(await slow).toMatchObject({ code: 'TIMEOUT', retryable: true })
    device.fault({ api: 'request', kind: 'fail', reason: 'timeout' })
    expect((await failureOf(client.get('/orders'))).code).toBe('TIMEOUT')
    backend.answer('/orders', 'drop')
    expect(await failureOf(client.get('/orders'))).toMatchObject({ code: 'NETWORK', retryable: true })
    device.network = 'offline'
    expect(await failureOf(client.get('/orders'))).toMatchObject({ code: 'NETWORK', retryable: true })
    expect([client.session, calls('login')]).toEqual([session, 1])
    expect(relaunch().client.session?.token).toBe(session.token)
  })

  it('30: a request made while a login is running waits and carries the new token', async () => {
    const { client, backend } = await openPhone()
    await client.login()
    const gate = backend.hold('/v1/login')
    const renewed = client.login({ force: true })
    const answer = client.get('/orders')
    await until(() => gate.waiting() === 1)
    await settle()
    expect(backend.to('/orders')).toHaveLength(0)
    gate.release()
    await answer
    expect(backend.to('/orders')[0]?.token).toBe((await renewed).token)
  })

  it('serves the interceptor of another library: recover(failedToken)', async () => {
    const { client, calls } = await openPhone()
    const { token } = await client.ready()
    const renewed = await Promise.all(times(5, () => client.recover(token)))
    expect(new Set(renewed).size).toBe(1)
    expect(await client.recover(token)).toBe(renewed[0])
    expect(calls('login')).toBe(2)
  })

  it.each([{ replay: false }, { auth: 'optional' }] as const)('a route that always answers 401 costs one login in a while and not the session of the others, with %j too', async (options) => {
    const { client, backend, calls, clock } = await openPhone()
    backend.answer('/broken', PLAIN_401, 100)
    const results: unknown[] = []
    const callBroken = async () => {
      await client.ready()
      results.push(await client.get('/broken', options).catch((error: unknown) => error))
    }
    for (let i = 0; i < 8; i++) await callBroken()
    expect([calls('login'), client.session?.token]).toEqual([2, backend.tokens[1]])
    for (const result of results) expect(result).toMatchObject('replay' in options ? { code: 'SESSION_REJECTED', retryable: true } : { statusCode: 401 })
    backend.kill()
    expect((await client.get('/orders')).statusCode).toBe(200)
    expect(calls('login')).toBe(3)
    clock.advance(30_000)
    await callBroken()
    expect(client.session).toBe(null)
  })

  it('requests in flight with a session that a replay: false request found dead are sent again', async () => {
    const { client, backend, calls } = await openPhone()
    await client.login()
    backend.kill()
    const gate = backend.hold('/slow')
    const straggler = client.get('/slow')
    await until(() => gate.waiting() === 1)
    await failureOf(client.get('/orders', { replay: false }))
    gate.release()
    expect((await straggler).statusCode).toBe(200)
    expect(calls('login')).toBe(2)
  })

  it('a device clock that is turned back ends the suspicion of a session', async () => {
    const { client, backend, calls, clock } = await openPhone()
    backend.answer('/orders', PLAIN_401, 2)
    await failureOf(client.get('/orders'))
    clock.skew = -86_400_000
    backend.kill()
    expect((await client.get('/orders')).statusCode).toBe(200)
    expect(calls('login')).toBe(3)
  })
})
