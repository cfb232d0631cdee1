import { describe, expect, it } from 'vitest'
import { failureOf, inTime, openPhone, settle, times, until, useEmulator } from '../test/phone.js'

useEmulator()

describe('log-out', () => {
  it('43: clears memory and storage, tells the server, and lasts over a relaunch until login()', async () => {
    const phone = await openPhone()
    const { client, backend, stored } = phone
    const { token } = await client.login()
    await client.logout()
    expect(client.session).toBe(null)
    expect(JSON.stringify(stored())).not.toContain(token)
    expect(backend.to('/v1/logout')).toMatchObject([{ token, body: '{}' }])
    const next = phone.relaunch()
    expect((await failureOf(next.client.get('/orders'))).code).toBe('SIGNED_OUT')
    expect(next.calls('login')).toBe(0)
    await next.client.login()
    const last = phone.relaunch()
    expect((await last.client.get('/orders')).statusCode).toBe(200)
  })

  it('W4: after a log-out ready() and signed requests reject with no wx.login, and auth: none works', async () => {
    const { client, calls, backend } = await openPhone()
    const { token } = await client.login()
    await client.logout({ server: false })
    expect(backend.to('/v1/logout')).toHaveLength(0)
    for (const call of [client.ready(), client.get('/orders'), client.recover(token)]) expect((await failureOf(call)).code).toBe('SIGNED_OUT')
    expect((await client.get('/public', { auth: 'none' })).statusCode).toBe(200)
    expect(calls('login')).toBe(1)
  })

  it('a login that fails does not lift the log-out', async () => {
    const { client, backend } = await openPhone()
    await client.logout()
    backend.answer('/v1/login', 'store_unavailable')
    await failureOf(client.login())
    expect((await failureOf(client.get('/orders'))).code).toBe('SIGNED_OUT')
  })

  it('44: a code that comes after the log-out is not exchanged: no session is made that nobody has', async () => {
    const { client, device, backend, stored } = await openPhone()
    const held = device.hold('login')
    const failing = failureOf(client.ready())
    await held.arrived()
    await client.logout()
    held.end()
    expect((await failing).code).toBe('SIGNED_OUT')
    await settle()
    expect([client.session, backend.received.length]).toEqual([null, 0])
    expect(JSON.stringify(stored())).not.toContain('token-')
  })

  it('44: a login that waits for its turn as the user logs out calls no wx.login', async () => {
    const { client, calls, backend, clock } = await openPhone()
    const failures = times(6, () => {
      const failing = failureOf(client.login())
      void client.logout({ server: false })
      return failing
    })
    const session = await inTime(clock, client.login())
    expect((await Promise.all(failures)).map(({ code }) => code)).toEqual(times(6, () => 'SIGNED_OUT'))
    expect([calls('login'), backend.tokens, client.session]).toEqual([1, [session.token], session])
  })

  it('44: the late result of a login is discarded by a log-out', async () => {
    const { client, backend, stored } = await openPhone()
    const gate = backend.hold('/v1/login')
    const failures = [failureOf(client.ready()), failureOf(client.get('/orders'))]
    await until(() => gate.waiting() === 1)
    await client.logout()
    gate.release()
    for (const failure of await Promise.all(failures)) expect(failure.code).toBe('SIGNED_OUT')
    expect(client.session).toBe(null)
    expect(JSON.stringify(stored())).not.toContain('token-')
  })

  it('W3: log-out and immediate login: the old login does not overwrite the new session, and old requests are not sent under it', async () => {
    const { client, backend } = await openPhone()
    const gate = backend.hold('/v1/login')
    const old = failureOf(client.get('/orders'))
    await until(() => gate.waiting() === 1)
    void client.logout()
    const fresh = client.login()
    await until(() => gate.waiting() === 2)
    gate.release()
    const session = await fresh
    expect((await old).code).toBe('SIGNED_OUT')
    await settle()
    expect(client.session).toBe(session)
    expect(backend.to('/orders')).toHaveLength(0)
  })

  it('46: an answer for the user before is not handed out after a log-out, nor is its request replayed', async () => {
    const { client, backend } = await openPhone()
    await client.login()
    const gate = backend.hold('/orders')
    const [fine, dead] = [failureOf(client.get('/orders')), failureOf(client.get('/orders'))]
    await until(() => gate.waiting() === 2)
    backend.answer('/orders', 'session_expired')
    await client.logout()
    await client.login()
    gate.release()
    expect([(await fine).code, (await dead).code]).toEqual(['SIGNED_OUT', 'SIGNED_OUT'])
    await settle()
    expect(backend.to('/orders')).toHaveLength(2)
    expect(client.session).not.toBe(null)
  })

  it('46: nor after the server ended the session and somebody logged in anew', async () => {
    const { client, backend } = await openPhone()
    await client.login()
    const gate = backend.hold('/orders')
    const [fine, dead] = [failureOf(client.get('/orders')), failureOf(client.get('/orders'))]
    await until(() => gate.waiting() === 2)
    backend.answer('/news', 'session_revoked')
    await failureOf(client.get('/news'))
    await client.login()
    backend.answer('/orders', 'session_expired')
    gate.release()
    expect([(await fine).code, (await dead).code]).toEqual(['SIGNED_OUT', 'SIGNED_OUT'])
    await settle()
    expect(backend.to('/orders')).toHaveLength(2)
  })

  it('23: a 401 of the log-out route is no recursion: the user is signed out', async () => {
    const { client, backend, calls } = await openPhone()
    await client.login()
    backend.kill()
    await client.logout()
    expect([calls('login'), backend.to('/v1/logout').length]).toEqual([1, 1])
  })

  it('a log-out that the server did not hear of rejects, and the phone has forgotten all the same', async () => {
    const { client, backend } = await openPhone()
    await client.login()
    backend.answer('/v1/logout', 'store_unavailable')
    expect(await failureOf(client.logout())).toMatchObject({ code: 'REFUSED', retryable: true, action: 'retry_later' })
    expect(client.session).toBe(null)
    await client.login()
    backend.answer('/v1/logout', 'drop')
    expect((await failureOf(client.logout())).code).toBe('NETWORK')
    await client.login()
    backend.kill()
    expect((await failureOf(client.logout({ everywhere: true }))).code).toBe('REFUSED')
    expect(backend.to('/v1/logout').at(-1)?.body).toBe('{"everywhere":true}')
  })

  it('a log-out stops the requests under way, so that a login right after it finds a slot though the log-out hangs', async () => {
    const { client, backend } = await openPhone()
    await client.login()
    const [slow, hung] = [backend.hold('/slow'), backend.hold('/v1/logout')]
    const old = times(9, () => failureOf(client.get('/slow')))
    await until(() => slow.waiting() === 9)
    const told = client.logout()
    await until(() => hung.waiting() === 1)
    for (const failure of await Promise.all(old)) expect(failure.code).toBe('SIGNED_OUT')
    const session = await client.login()
    expect(session.token).toBe(backend.tokens[1])
    hung.release()
    slow.release()
    await told
    expect(client.session).toBe(session)
  })

  it('a log-out does not stop requests that nobody signed', async () => {
    const { client, backend } = await openPhone()
    await client.login()
    const gate = backend.hold('/public')
    const answer = client.get('/public', { auth: 'none' })
    await until(() => gate.waiting() === 1)
    await client.logout()
    gate.release()
    expect((await answer).statusCode).toBe(200)
  })
})
