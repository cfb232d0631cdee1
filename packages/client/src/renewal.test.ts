import { describe, expect, it } from 'vitest'
import { openPhone, until, useEmulator } from '../test/phone.js'

useEmulator()

describe('renewal', () => {
  it('29: near its end a session is renewed while requests go on with it', async () => {
    const { client, backend, clock, calls } = await openPhone()
    const first = await client.login()
    clock.advance(backend.life * 0.89)
    await client.get('/orders')
    expect(calls('login')).toBe(1)
    clock.advance(backend.life * 0.02)
    const gate = backend.hold('/v1/login')
    expect((await client.get('/orders')).statusCode).toBe(200)
    expect((await client.get('/orders')).statusCode).toBe(200)
    await until(() => gate.waiting() === 1)
    expect([calls('login'), client.session?.token]).toEqual([2, first.token])
    gate.release()
    await until(() => client.session?.token !== first.token)
    await client.get('/orders')
    expect(backend.to('/orders').map((request) => request.token)).toEqual([first.token, first.token, first.token, backend.tokens[1]])
  })

  it('29: a renewal that fails keeps the session and waits a minute', async () => {
    const { client, backend, clock, calls } = await openPhone()
    await client.login()
    clock.advance(backend.life * 0.95)
    backend.answer('/v1/login', 'store_unavailable', 10)
    const errors: string[] = []
    client.on('error', (error) => errors.push(error.code))
    await client.get('/orders')
    await until(() => errors.length === 1)
    await client.get('/orders')
    expect(calls('login')).toBe(2)
    clock.advance(60_000)
    expect((await client.get('/orders')).statusCode).toBe(200)
    await until(() => calls('login') === 3)
  })

  it.each([86_400_000, -86_400_000, 400 * 86_400_000])('28: with a device clock that is %d ms wrong all works, and renewal comes at the right time', async (skew) => {
    const phone = await openPhone()
    const { backend, clock } = phone
    clock.skew = skew
    await phone.client.get('/orders')
    clock.advance(backend.life * 0.8)
    const { client, calls } = phone.relaunch()
    await client.get('/orders')
    expect(calls('login')).toBe(0)
    clock.advance(backend.life * 0.15)
    await client.get('/orders')
    await until(() => calls('login') === 1)
    clock.advance(backend.life * 1.1)
    expect((await client.get('/orders')).statusCode).toBe(200)
  })

  it('28: a device clock that jumps does not stop anybody', async () => {
    const { client, clock, backend } = await openPhone()
    await client.get('/orders')
    for (const skew of [3e10, -3e10, 0]) {
      clock.skew = skew
      expect((await client.get('/orders')).statusCode).toBe(200)
      backend.kill()
      expect((await client.get('/orders')).statusCode).toBe(200)
    }
  })

  it('an extraLogin that throws once during a renewal does not end the renewals', async () => {
    let broken = false
    const extraLogin = async () => {
      if (broken) throw new Error('mistake')
      return {}
    }
    const { client, backend, clock, calls } = await openPhone({ client: { extraLogin } })
    await client.login()
    clock.advance(backend.life * 0.95)
    broken = true
    const errors: string[] = []
    client.on('error', (error) => errors.push(error.code))
    await client.get('/orders')
    await until(() => errors.length === 1)
    broken = false
    clock.advance(60_000)
    await client.get('/orders')
    await until(() => calls('login') === 2)
  })
})
