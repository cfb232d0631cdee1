import { describe, expect, it } from 'vitest'
import { failureOf, openPhone, tapped, times, useEmulator } from '../test/phone.js'
import type { Phone } from '../test/phone.js'

useEmulator()

const expire = ({ emulator, device }: Phone) => emulator.expireSession({ appid: device.appid, person: device.person })

describe('sensitive', () => {
  it('72: with a live session_key the work runs and nobody logs in', async () => {
    const { client, calls } = await openPhone()
    await client.login()
    expect(await client.sensitive(() => 'done')).toBe('done')
    expect([calls('checkSession'), calls('login')]).toEqual([1, 1])
  })

  it('72: with a dead one it logs in first', async () => {
    const phone = await openPhone()
    const { client, calls } = phone
    await client.login()
    expire(phone)
    const logins = await client.sensitive(() => calls('login'))
    expect([calls('checkSession'), logins]).toEqual([1, 2])
  })

  it('73: in parallel there is one wx.checkSession and at most one login', async () => {
    const phone = await openPhone()
    const { client, calls } = phone
    await client.login()
    expire(phone)
    expect(await Promise.all(times(5, (i) => client.sensitive(async () => i)))).toEqual([0, 1, 2, 3, 4])
    expect([calls('checkSession'), calls('login')]).toEqual([1, 2])
  })

  it('74: the answer of wx.checkSession holds for the launch, until the next wx.login', async () => {
    const phone = await openPhone()
    const { client, calls } = phone
    await client.login()
    for (let i = 0; i < 3; i++) await client.sensitive(() => undefined)
    expect(calls('checkSession')).toBe(1)
    await client.login({ force: true })
    await client.sensitive(() => undefined)
    expect(calls('checkSession')).toBe(2)
    const next = phone.relaunch()
    await next.client.sensitive(() => undefined)
    expect([next.calls('checkSession'), next.calls('login')]).toEqual([1, 0])
  })

  it('75: when a prefetch rotated the key, what the tap gave does not open: one refresh, another tap, and that one does', async () => {
    const { client, backend, calls, device } = await openPhone({ device: { baseLibrary: '2.20.0' } })
    await client.login()
    const prefetched = await device.prefetch({ url: `${backend.url}/prefetch` })
    expect([prefetched, calls('login')]).toMatchObject([{ status: 401 }, 1])
    const bind = () => client.sensitive(async () => client.phone(await tapped(device, 'getPhoneNumber')))
    expect(await failureOf(bind())).toMatchObject({ code: 'REFUSED', action: 'ask_user', problem: { code: 'encrypted_data_invalid' } })
    expect([calls('login'), backend.to('/v1/me/phone').length]).toEqual([2, 1])
    expect(await bind()).toHaveProperty('masked')
    expect([calls('login'), backend.to('/v1/me/phone').length]).toEqual([2, 2])
  })

  it.each(['session_key_stale', 'encrypted_data_invalid'] as const)('75: after %s of a plain request there is one refresh too, and the person is asked to tap again', async (code) => {
    const { client, backend, calls } = await openPhone()
    await client.login()
    backend.answer('/v1/me/profile', code)
    const failure = await failureOf(client.sensitive(() => client.post('/v1/me/profile', {})))
    expect(failure).toMatchObject({ code: 'REFUSED', action: 'ask_user', problem: { code } })
    expect(calls('login')).toBe(2)
  })

  it('another failure of the work is handed on, and nobody logs in', async () => {
    const { client, calls } = await openPhone()
    const mistake = new Error('mistake')
    expect(await failureOf(client.sensitive(() => { throw mistake }))).toBe(mistake)
    expect((await client.sensitive(() => client.get('/orders'))).statusCode).toBe(200)
    expect(calls('login')).toBe(1)
  })

  it('rejects when the login does', async () => {
    const { client, backend } = await openPhone()
    backend.answer('/v1/login', 'store_unavailable')
    expect((await failureOf(client.sensitive(() => 'never'))).code).toBe('LOGIN_NETWORK')
  })
})
