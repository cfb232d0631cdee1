import type { ButtonTap, Device } from '@tongxing/emulator'
import { describe, expect, it } from 'vitest'
import { problemBody } from '../test/backend.js'
import { failureOf, openPhone, tapped, times, until, useEmulator } from '../test/phone.js'
import type { Phone } from '../test/phone.js'
import { explain } from './messages.js'

useEmulator()

/** Below 2.21.2 the button's event holds no code. */
const BEFORE_CODES = { baseLibrary: '2.20.0' } as const

const tap = (device: Device, how?: ButtonTap) => tapped(device, 'getPhoneNumber', how)
const numberOf = ({ person: { phoneNumber } }: Phone) => `${phoneNumber.slice(0, 3)}****${phoneNumber.slice(-4)}`

describe('phone', () => {
  it.each<readonly [string, Parameters<typeof openPhone>[0], ButtonTap | undefined, string, string, RegExp]>([
    ['the person refuses', { device: { answer: { getPhoneNumber: 'deny' } } }, undefined, 'USER_DENIED', 'getPhoneNumber:fail user deny', /没有同意/],
    ['the person turns back from binding a number', {}, { turnsBack: 'bind' }, 'USER_DENIED', 'getPhoneNumber:fail:cancel to bind phone', /没有同意/],
    ['the person turns back from confirming', {}, { turnsBack: 'login' }, 'USER_DENIED', 'getPhoneNumber:fail:cancel to confirm login', /没有同意/],
    ['the privacy agreement is refused', { device: { answer: { privacy: 'deny' } } }, undefined, 'PRIVACY_DENIED', 'getPhoneNumber:fail privacy permission is not authorized', /没有同意隐私/],
    ['the quota is used up', { app: { phoneButton: { quota: 0 } } }, undefined, 'PHONE_QUOTA', 'getPhoneNumber:fail quota used up', /暂时无法/],
    ['the app is not entitled', { app: { phoneButton: { entitled: false } } }, undefined, 'UNSUPPORTED', 'getPhoneNumber:fail 该 appid 没有权限', /不支持/],
  ])('62: when %s the outcome is its own, with the words of WeChat, and nothing is sent', async (_name, options, how, code, message, title) => {
    const { client, backend, device } = await openPhone(options)
    const failure = await failureOf(client.phone(await tap(device, how)))
    expect(failure).toMatchObject({ code, message, cause: { errMsg: message } })
    expect(explain(failure).title).toMatch(title)
    expect(backend.received).toHaveLength(0)
  })

  it.each<readonly [string, 'none' | string[], number]>([
    ['has no privacy agreement', 'none', 1025], ['has one that names other data', ['getUserProfile'], 112],
  ])('70: an app that %s is PRIVACY_NOT_DECLARED, with what the developer has to do', async (_name, privacy, errno) => {
    const { client, backend, device } = await openPhone({ app: { privacy } })
    const failure = await failureOf(client.phone(await tap(device)))
    expect(failure).toMatchObject({ code: 'PRIVACY_NOT_DECLARED', retryable: false, cause: { errno } })
    expect(explain(failure).advice).toContain('用户隐私保护指引')
    expect(backend.received).toHaveLength(0)
  })

  it('62: the number is kept with the user, over a relaunch too', async () => {
    const phone = await openPhone()
    const known = { masked: numberOf(phone), countryCode: '86' }
    expect(await phone.client.phone(await tap(phone.device))).toMatchObject(known)
    expect(phone.client.user?.phone).toMatchObject(known)
    expect(phone.relaunch().client.user?.phone).toMatchObject(known)
  })

  it('63: encrypted data is sent with the session of the tap, no wx.login comes between, and the server opens it', async () => {
    const phone = await openPhone({ device: BEFORE_CODES })
    const { client, backend, device, clock, calls } = phone
    await client.login()
    // Even though a renewal is due, which would replace the session_key.
    clock.advance(backend.life * 0.95)
    const event = await tap(device)
    expect(Object.keys(event.detail).sort()).toEqual(['encryptedData', 'errMsg', 'iv'])
    const number = client.phone(event)
    // Nor does one that another request would start meanwhile.
    await Promise.all([client.get('/orders'), number])
    expect(await number).toMatchObject({ masked: numberOf(phone) })
    const { encryptedData, iv } = event.detail
    expect(JSON.parse(backend.to('/v1/me/phone')[0]?.body ?? '')).toEqual({ encryptedData, iv })
    expect(calls('login')).toBe(1)
  })

  it('63: with a dead session encrypted data is not sent again after a login', async () => {
    const { client, backend, device, calls } = await openPhone({ device: BEFORE_CODES })
    await client.login()
    const event = await tap(device)
    backend.kill()
    expect(await failureOf(client.phone(event))).toMatchObject({ code: 'SESSION_REJECTED', retryable: true })
    expect([calls('login'), backend.to('/v1/me/phone').length]).toEqual([1, 1])
  })

  it('63: without a session it logs in and asks for another tap, whose data the server opens', async () => {
    const phone = await openPhone({ device: BEFORE_CODES })
    const { client, backend, device, calls } = phone
    await client.login()
    backend.kill()
    await failureOf(client.get('/orders', { replay: false }))
    expect(client.session).toBe(null)
    expect(await failureOf(client.phone(await tap(device)))).toMatchObject({ code: 'TAP_REQUIRED' })
    expect([calls('login'), backend.to('/v1/me/phone').length]).toEqual([2, 0])
    expect(await client.phone(await tap(device))).toMatchObject({ masked: numberOf(phone) })
  })

  it('64: a code that the server took or refused is sent once', async () => {
    const { client, backend, device } = await openPhone()
    const event = await tap(device)
    await Promise.all(times(2, () => client.phone(event)))
    await client.phone(event)
    expect(backend.to('/v1/me/phone')).toHaveLength(1)
    backend.answer('/v1/me/phone', { status: 401, headers: { 'content-type': 'application/problem+json' }, body: problemBody('wx_code_used', { action: 'ask_user' }) })
    const used = await tap(device)
    for (let i = 0; i < 2; i++) expect(await failureOf(client.phone(used))).toMatchObject({ code: 'REFUSED', retryable: false })
    expect(backend.to('/v1/me/phone')).toHaveLength(2)
  })

  it('64: a code that got no answer, or was not sent at all, may be sent again with the same event', async () => {
    const { client, backend, device } = await openPhone()
    await client.login()
    const event = await tap(device)
    backend.answer('/v1/me/phone', 'drop')
    expect(await failureOf(client.phone(event))).toMatchObject({ code: 'NETWORK', retryable: true })
    await client.logout()
    expect((await failureOf(client.phone(event))).code).toBe('SIGNED_OUT')
    await client.login()
    await client.phone(event)
    expect(backend.to('/v1/me/phone')).toHaveLength(2)
  })

  it('a page instead of the number is a retryable REFUSED', async () => {
    const { client, backend, device } = await openPhone()
    backend.answer('/v1/me/phone', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' })
    expect(await failureOf(client.phone(await tap(device)))).toMatchObject({ code: 'REFUSED', retryable: true })
    await until(() => client.session !== null)
  })
})
