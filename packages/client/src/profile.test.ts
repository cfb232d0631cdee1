import type { Device } from '@tongxing/emulator'
import { describe, expect, it } from 'vitest'
import { failureOf, openPhone, tapped, until, useEmulator } from '../test/phone.js'
import { createClient } from './index.js'
import type { WxRuntime } from './index.js'

useEmulator()

const REAL = { era: '2021-04', baseLibrary: '2.20.0' } as const

/** The picture that the person chose with `<button open-type="chooseAvatar">`: its temporary path. */
const choosePicture = async (device: Device) => (await tapped(device, 'chooseAvatar', { picture: { bytes: Buffer.from('picture'), type: 'image/png' } })).detail.avatarUrl!

describe('profile', () => {
  it('58: fromTap calls wx.getUserProfile in the tap and sends what WeChat signed, untouched', async () => {
    const { client, device, backend } = await openPhone({ device: REAL })
    await client.login()
    const profile = await device.tap(() => client.profile.fromTap({ desc: '用于展示' }))
    expect(profile).toMatchObject({ anonymous: false, uid: client.user?.uid, profile: { nickname: '小明' } })
    const sent = JSON.parse(backend.to('/v1/me/profile')[0]?.body ?? '') as Record<string, string>
    expect(Object.keys(sent).sort()).toEqual(['encryptedData', 'iv', 'rawData', 'signature'])
    expect(JSON.parse(sent['rawData'] ?? '')).toHaveProperty('nickName')
    expect(client.user?.profile).toMatchObject({ nickname: '小明' })
  })

  it('58: works in the very first tap too, before anybody logged in, where a login keeps the session_key', async () => {
    const { client, device, calls } = await openPhone({ app: { sessionKeyPolicy: 'sticky' }, device: REAL })
    expect(await device.tap(() => client.profile.fromTap({ desc: '用于展示' }))).toMatchObject({ anonymous: false, profile: { nickname: '小明' } })
    expect([calls('getUserProfile'), calls('login')]).toEqual([1, 1])
  })

  it('58: where a login replaces the session_key the very first tap logs in and asks for another one', async () => {
    const { client, device, calls } = await openPhone({ device: REAL })
    const tap = () => device.tap(() => client.profile.fromTap({ desc: '用于展示' }))
    expect(await failureOf(tap())).toMatchObject({ code: 'REFUSED', action: 'ask_user', problem: { code: 'encrypted_data_invalid' } })
    expect(await tap()).toMatchObject({ anonymous: false, profile: { nickname: '小明' } })
    expect(calls('login')).toBe(1)
  })

  it('59: after an await it is TAP_REQUIRED, with the words of wx', async () => {
    const { client, device } = await openPhone({ device: REAL })
    const failure = await failureOf(device.tap(async () => {
      await client.ready()
      return client.profile.fromTap({ desc: '用于展示' })
    }))
    expect(failure).toMatchObject({ code: 'TAP_REQUIRED', message: 'getUserProfile:fail can only be invoked by user TAP gesture.' })
  })

  it('60: WeChat\'s placeholder is recognised and not sent', async () => {
    for (const era of ['2022-11', 'today'] as const) {
      const { client, device, backend } = await openPhone({ device: { era } })
      expect(await device.tap(() => client.profile.fromTap({ desc: '用于展示' }))).toEqual({ anonymous: true })
      expect(backend.received).toHaveLength(0)
    }
  })

  it('61: where getUserProfile is absent getUserInfo is asked; where both are, it is UNSUPPORTED', async () => {
    const { client, device, another } = await openPhone({ device: { era: '2018' } })
    await client.login()
    expect(await device.tap(() => client.profile.fromTap({ desc: '用于展示' }))).toMatchObject({ anonymous: false })
    const runtime: WxRuntime = { ...device.wx }
    delete runtime.getUserInfo
    expect((await failureOf(another({ runtime }).profile.fromTap({ desc: '用于展示' }))).code).toBe('UNSUPPORTED')
  })

  it('61: fromEvent takes the event of the getUserInfo button', async () => {
    const { client, device, backend } = await openPhone({ device: { era: '2018' } })
    await client.login()
    expect(await client.profile.fromEvent(await tapped(device, 'getUserInfo'))).toMatchObject({ anonymous: false, profile: { nickname: '小明' } })
    const unwilling = await openPhone({ device: { era: '2018', answer: 'deny' } })
    const refusal = await failureOf(unwilling.client.profile.fromEvent(await tapped(unwilling.device, 'getUserInfo')))
    expect(refusal).toMatchObject({ code: 'USER_DENIED', message: 'getUserInfo:fail auth deny' })
    const today = await openPhone()
    await today.client.login()
    today.device.privacyAgreed = true
    expect(await today.client.profile.fromEvent(await tapped(today.device, 'getUserInfo'))).toEqual({ anonymous: true })
    expect([backend, unwilling.backend, today.backend].map((end) => end.to('/v1/me/profile').length)).toEqual([1, 0, 0])
  })

  it('a refusal is USER_DENIED and sends nothing', async () => {
    const { client, device, backend } = await openPhone({ device: { ...REAL, answer: 'deny' } })
    expect((await failureOf(device.tap(() => client.profile.fromTap({ desc: '用于展示' })))).code).toBe('USER_DENIED')
    expect(backend.received).toHaveLength(0)
  })

  it('no renewal starts between the tap and the answer of the server', async () => {
    const { client, device, backend, clock, calls } = await openPhone({ device: REAL })
    await client.login()
    clock.advance(backend.life * 0.95)
    const gate = backend.hold('/v1/me/profile')
    const saving = device.tap(() => client.profile.fromTap({ desc: '用于展示' }))
    await until(() => gate.waiting() === 1)
    await client.get('/orders')
    expect(calls('login')).toBe(1)
    gate.release()
    await saving
    await client.get('/orders')
    await until(() => calls('login') === 2)
  })

  it('65: the picture that was chosen is uploaded first, then the nickname is put, and both are kept', async () => {
    const { client, backend, device } = await openPhone()
    await client.profile.save({ avatarUrl: await choosePicture(device), nickname: '大明' })
    expect(backend.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /v1/login', 'POST /v1/me/avatar', 'PUT /v1/me'])
    expect(backend.to('/v1/me/avatar')[0]?.body).toMatch(/name="file"[^]*picture/)
    expect(client.user?.profile).toMatchObject({ nickname: '大明' })
  })

  it('65: the avatar that the server has is not sent again, and a picture alone puts no nickname', async () => {
    const { client, backend, device } = await openPhone()
    const { profile } = await client.profile.save({ avatarUrl: await choosePicture(device) })
    expect(backend.to('/v1/me')).toHaveLength(0)
    await client.profile.save({ avatarUrl: profile?.avatarUrl ?? '', nickname: '大明' })
    expect([backend.to('/v1/me/avatar').length, backend.to('/v1/me').length]).toEqual([1, 1])
  })

  it('a picture whose path alone the server tells gets its whole address: in the login, in the answer, and after a relaunch', async () => {
    const phone = await openPhone()
    const profile = { nickname: '小明', avatarUrl: '/v1/avatars/first.png', source: 'user', updatedAt: 0 }
    phone.backend.extra = { user: { uid: 'u_1', isNew: false, profile } }
    expect((await phone.client.login()).user.profile?.avatarUrl).toBe('https://api.demo.test/v1/avatars/first.png')
    phone.backend.answer('/v1/me/avatar', { status: 200, body: JSON.stringify({ uid: 'u_1', createdAt: 0, phone: null, profile: { ...profile, avatarUrl: '/v1/avatars/second.png' } }) })
    const whole = { ...profile, avatarUrl: 'https://api.demo.test/v1/avatars/second.png' }
    expect((await phone.client.profile.save({ avatarUrl: await choosePicture(phone.device) })).profile).toEqual(whole)
    expect([phone.client.user?.profile, phone.relaunch().client.user?.profile]).toEqual([whole, whole])
  })

  it('other addresses stay as they are, and so does a path behind a container, which has no address', async () => {
    const containers: Record<string, string> = {}
    const { client, backend, device, clock } = await openPhone({ device: { containers } })
    containers['prod-1/auth'] = backend.url
    const profile = (avatarUrl: string | null) => { backend.extra = { user: { uid: 'u_1', isNew: false, profile: { nickname: '小明', avatarUrl, source: 'wechat', updatedAt: 0 } } } }
    for (const avatarUrl of ['https://thirdwx.qlogo.cn/a', null]) {
      profile(avatarUrl)
      expect((await client.login({ force: true })).user.profile?.avatarUrl).toBe(avatarUrl)
    }
    profile('/v1/avatars/first.png')
    const contained = createClient({ container: { env: 'prod-1', service: 'auth' }, runtime: device.wx, clock })
    expect((await contained.login()).user.profile?.avatarUrl).toBe('/v1/avatars/first.png')
  })

  it('65: a refused or vanished picture rejects, and the nickname is not put', async () => {
    const { client, backend, device } = await openPhone()
    backend.answer('/v1/me/avatar', 'profile_rejected')
    expect(await failureOf(client.profile.save({ avatarUrl: await choosePicture(device), nickname: '大明' }))).toMatchObject({ code: 'REFUSED', action: 'ask_user' })
    const vanished = await choosePicture(device)
    device.files.delete(vanished)
    expect((await failureOf(client.profile.save({ avatarUrl: vanished, nickname: '大明' }))).code).toBe('NETWORK')
    backend.answer('/v1/me/avatar', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' })
    expect(await failureOf(client.profile.save({ avatarUrl: await choosePicture(device) }))).toMatchObject({ code: 'REFUSED', retryable: true })
    expect(backend.to('/v1/me')).toHaveLength(0)
  })

  it('save() puts the nickname, and the user shows it, after a relaunch too', async () => {
    const phone = await openPhone()
    const me = await phone.client.profile.save({ nickname: '大明' })
    expect(me.profile).toMatchObject({ nickname: '大明', source: 'user' })
    expect(phone.backend.to('/v1/me')).toMatchObject([{ method: 'PUT', body: '{"nickname":"大明"}' }])
    expect(phone.relaunch().client.user?.profile).toMatchObject({ nickname: '大明' })
  })

  it('a refused nickname is REFUSED with the server\'s words and action', async () => {
    const { client, backend } = await openPhone()
    backend.answer('/v1/me', 'profile_rejected')
    expect(await failureOf(client.profile.save({ nickname: '…' }))).toMatchObject({
      code: 'REFUSED', action: 'ask_user', retryable: false, message: '昵称或头像不符合要求', problem: { code: 'profile_rejected' },
    })
  })
})
