import { describe, expect, it } from 'vitest'
import { BASE_URL, failureOf, openPhone, tapped, useEmulator } from '../test/phone.js'

useEmulator()

describe('storage', () => {
  it('37: storage that cannot be read counts as empty', async () => {
    const { client, device } = await openPhone()
    device.fault({ api: 'getStorageSync', kind: 'fail', times: Infinity })
    expect(client.session).toBe(null)
    expect((await client.get('/orders')).statusCode).toBe(200)
  })

  it.each(['Failed To Send Sync', 'quota reached'])('38: storage that fails with %j does not matter to the running mini program', async (text) => {
    const { client, device, calls, stored } = await openPhone()
    device.storageFault = text
    await client.get('/orders')
    await client.get('/orders')
    expect([calls('login'), stored()]).toEqual([1, {}])
    await client.logout()
    expect(client.session).toBe(null)
  })

  it('38: a write that fails at least removes the old token', async () => {
    const { client, device, stored } = await openPhone()
    await client.login()
    device.fault({ api: 'setStorageSync', kind: 'fail' })
    await client.login({ force: true })
    expect(stored()).toEqual({})
  })

  it.each([
    '', 'token', 7, null, [], '{"v":1', { token: 'old' }, { v: 1 }, { v: 1, session: { token: 'nobody\'s' } }, { session: { token: 'old' }, baseURL: BASE_URL },
    ...[{ v: 0, session: { token: 'old' } }, { v: '1', session: { token: 'old' } }, { v: 2, session: { token: 'future', expiresAt: 1, user: { uid: 'u' } } }, { v: 2, signedOut: true },
      { v: 1, session: { token: 5 } }, { v: 1, session: { token: '' } }, { v: 1, session: 'x' }, { v: 1, session: null }].map((envelope) => ({ ...envelope, baseURL: BASE_URL })),
  ])('39: what another version left or what is broken (%j) is ignored and overwritten', async (value) => {
    const phone = await openPhone()
    await phone.client.login()
    const [key = ''] = Object.keys(phone.stored())
    phone.device.wx.setStorageSync(key, value)
    const { client, backend, calls, stored } = phone.relaunch()
    await client.get('/orders')
    expect(calls('login')).toBe(1)
    expect(backend.to('/orders').map((request) => request.token)).toEqual([client.session?.token])
    expect(stored()[key]).toMatchObject({ v: 1, session: { token: client.session?.token } })
  })

  it('40: keys are apart for each AppID and release channel', async () => {
    const { client, device, stored } = await openPhone()
    await client.login()
    expect(Object.keys(stored())).toEqual([`tongxing:${device.appid}:release`])
    const trial = await openPhone({ device: { envVersion: 'trial' }, client: { storageKey: 'mine', appid: 'wxemu0000000000001' } })
    await failureOf(trial.client.login())
    await trial.client.logout()
    expect(Object.keys(trial.stored())).toEqual(['mine:wxemu0000000000001:trial'])
  })

  it('41: only the opaque session and public members of the user are stored, whatever else a back end tells', async () => {
    const { client, backend, device, stored, relaunch } = await openPhone()
    const profile = { nickname: 'x', avatarUrl: null, source: 'user', updatedAt: 1 }
    const more = { session_key: 'SECRET', openid: 'SECRET', unionid: 'SECRET' }
    backend.extra = { ...more, user: { uid: 'u_1', isNew: true, ...more, profile: { ...profile, ...more } } }
    await client.login()
    expect(client.user).toEqual({ uid: 'u_1', isNew: true, profile })
    const [envelope] = Object.values(stored())
    expect(envelope).toEqual({ v: 1, baseURL: BASE_URL, renewAt: expect.any(Number) as number, session: client.session })
    const phone = { masked: '100****0000', countryCode: '86', verifiedAt: 1 }
    backend.extra = { phone: { ...phone, ...more, number: 'SECRET' } }
    expect(await client.phone(await tapped(device, 'getPhoneNumber'))).toMatchObject(phone)
    backend.answer('/v1/me', { status: 200, body: JSON.stringify({ uid: 'u_1', ...more, profile: { ...profile, nickname: 'y', ...more }, phone: { ...phone, ...more } }) })
    await client.profile.save({ nickname: 'y' })
    expect(client.user).toEqual({ uid: 'u_1', isNew: true, profile: { ...profile, nickname: 'y' }, phone })
    expect(JSON.stringify(stored())).not.toContain('SECRET')
    expect(relaunch().client.user).toEqual({ ...client.user, isNew: false })
  })

  it('a stored session is no other back end\'s: its token stays with the host that gave it', async () => {
    const { client, another, device, backend } = await openPhone()
    const { token } = await client.login()
    device.domains['https://other.test'] = backend.url
    const other = another({ baseURL: 'https://other.test' })
    expect(other.session).toBe(null)
    expect((await other.get('/orders')).statusCode).toBe(200)
    expect(backend.to('/orders').map((request) => request.token)).not.toContain(token)
    const mine = another({ baseURL: 'https://other.test/' })
    expect(mine.session).toEqual({ ...other.session, user: { ...other.user, isNew: false } })
  })
})
