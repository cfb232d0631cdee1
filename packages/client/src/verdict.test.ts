import { describe, expect, it } from 'vitest'
import { problemBody } from '../test/backend.js'
import { failureOf, openPhone, times, until, useEmulator } from '../test/phone.js'

useEmulator()

const PROBLEM = { 'content-type': 'application/problem+json' }

describe('what the server asks for', () => {
  it.each([
    ['contact_admin', true, 'SESSION_REJECTED'], ['fix_request', true, 'SESSION_REJECTED'], ['retry_later', true, 'SESSION_REJECTED'],
    ['none', true, undefined], ['brew_tea', true, undefined],
  ] as const)('W1: %s on a 401 is no wx.login and no resend', async (action, kept, code) => {
    const { client, backend, calls } = await openPhone({ client: { isExpired: () => true } })
    await client.login()
    backend.answer('/orders', { status: 401, headers: PROBLEM, body: problemBody('session_expired', { action }) })
    const result: unknown = await client.get('/orders', { replay: false }).catch((error: unknown) => error)
    if (code === undefined) expect(result).toMatchObject({ statusCode: 401 })
    else expect(result).toMatchObject({ code, action, retryable: action === 'retry_later' })
    expect([calls('login'), backend.to('/orders').length, client.session !== null]).toEqual([1, 1, kept])
  })

  it('W1: a session that was ended on purpose stays ended until login(), over a relaunch too', async () => {
    const phone = await openPhone()
    const { client, backend, calls } = phone
    await client.login()
    const events: unknown[] = []
    client.on('expired', (detail) => events.push(detail.action))
    client.on('logout', (detail) => events.push(detail.by))
    backend.kill('session_revoked')
    const failures = await Promise.all(times(9, () => failureOf(client.get('/orders'))))
    for (const failure of failures) expect(failure).toMatchObject({ code: 'SESSION_REJECTED', action: 'ask_user', problem: { code: 'session_revoked' } })
    expect(events).toEqual(['ask_user', 'server'])
    expect((await failureOf(client.get('/orders'))).code).toBe('SIGNED_OUT')
    const next = phone.relaunch()
    expect((await failureOf(next.client.ready())).code).toBe('SIGNED_OUT')
    expect([calls('login'), next.calls('login')]).toEqual([1, 0])
    await next.client.login()
    expect((await next.client.get('/orders')).statusCode).toBe(200)
  })

  it('W1: a late ask_user for an old token does not sign out the new session', async () => {
    const { client, backend } = await openPhone()
    await client.login()
    const gate = backend.hold('/slow')
    const straggler = client.get('/slow')
    await until(() => gate.waiting() === 1)
    await client.login({ force: true })
    backend.answer('/slow', 'session_revoked')
    gate.release()
    expect((await straggler).statusCode).toBe(200)
    expect(client.session?.token).toBe(backend.tokens[1])
  })

  it('W2: the action wins over the status and over isExpired; other statuses resolve as with wx.request', async () => {
    const { client, backend, calls } = await openPhone({ client: { isExpired: () => true } })
    for (const code of ['encrypted_data_invalid', 'session_key_stale', 'internal', 'wx_rate_limited'] as const) {
      backend.answer('/orders', code)
      expect((await client.get('/orders')).data).toMatchObject({ code })
    }
    expect(calls('login')).toBe(1)
  })

  it('W1: a renewal that came in between does not undo that the session was ended on purpose', async () => {
    const { client, backend, clock, calls } = await openPhone()
    const { token } = await client.login()
    clock.advance(backend.life * 0.95)
    const gate = backend.hold('/slow')
    const slow = failureOf(client.get('/slow'))
    await until(() => gate.waiting() === 1 && client.session?.token !== token)
    backend.answer('/slow', 'session_revoked')
    gate.release()
    expect(await slow).toMatchObject({ code: 'SESSION_REJECTED', action: 'ask_user' })
    expect(client.session).toBe(null)
    expect((await failureOf(client.get('/orders'))).code).toBe('SIGNED_OUT')
    expect(calls('login')).toBe(2)
  })
})
