import { describe, expect, it } from 'vitest'
import { problemBody } from '../test/backend.js'
import { failureOf, openPhone, times, until, useEmulator } from '../test/phone.js'

useEmulator()

const byCode = { detail: { code: 'phone-code' } }
const byData = { detail: { errMsg: 'getPhoneNumber:ok', encryptedData: 'data', iv: 'iv' } }

describe('phone', () => {
  it.each([
    ['getPhoneNumber:fail user deny', undefined, 'USER_DENIED'],
    ['getPhoneNumber:fail:cancel to bind phone', undefined, 'USER_DENIED'],
    ['privacy permission is not authorized', 104, 'PRIVACY_DENIED'],
    ['getPhoneNumber:fail', 1400001, 'PHONE_QUOTA'],
    ['getPhoneNumber:fail 该 appid 没有权限', undefined, 'UNSUPPORTED'],
  ] as const)('62: %s (errno %s) is %s, with WeChat\'s words, and nothing is sent', async (errMsg, errno, code) => {
    const { client, backend } = await openPhone()
    expect(await failureOf(client.phone({ detail: { errMsg, ...errno && { errno } } }))).toMatchObject({ code, message: errMsg, cause: { errMsg } })
    expect(backend.received).toHaveLength(0)
  })

  it('62: the number is kept with the user, over a relaunch too', async () => {
    const phone = await openPhone()
    expect(await phone.client.phone(byCode)).toMatchObject({ masked: '138****8000', countryCode: '86' })
    expect(phone.client.user?.phone).toMatchObject({ masked: '138****8000' })
    expect(phone.relaunch().client.user?.phone).toMatchObject({ masked: '138****8000' })
  })

  it('63: encrypted data is sent with the session of the tap, and no wx.login comes between', async () => {
    const { client, backend, clock, calls } = await openPhone()
    await client.login()
    // Even though a renewal is due.
    clock.advance(backend.life * 0.95)
    await client.phone(byData)
    expect(JSON.parse(backend.to('/v1/me/phone')[0]?.body ?? '')).toEqual({ encryptedData: 'data', iv: 'iv' })
    expect(calls('login')).toBe(1)
  })

  it('63: with a dead session encrypted data is not sent again after a login', async () => {
    const { client, backend, calls } = await openPhone()
    await client.login()
    backend.kill()
    expect(await failureOf(client.phone(byData))).toMatchObject({ code: 'SESSION_REJECTED', retryable: true })
    expect([calls('login'), backend.to('/v1/me/phone').length]).toEqual([1, 1])
  })

  it('63: without a session it logs in and asks for another tap', async () => {
    const { client, backend, calls } = await openPhone()
    expect(await failureOf(client.phone(byData))).toMatchObject({ code: 'TAP_REQUIRED' })
    expect([calls('login'), backend.to('/v1/me/phone').length]).toEqual([1, 0])
    expect(await client.phone({ detail: { ...byData.detail, encryptedData: 'other' } })).toHaveProperty('masked')
  })

  it('64: a code that the server took or refused is sent once', async () => {
    const { client, backend } = await openPhone()
    await Promise.all(times(2, () => client.phone(byCode)))
    await client.phone(byCode)
    expect(backend.to('/v1/me/phone')).toHaveLength(1)
    backend.answer('/v1/me/phone', { status: 401, headers: { 'content-type': 'application/problem+json' }, body: problemBody('wx_code_used', { action: 'ask_user' }) })
    const used = { detail: { code: 'used' } }
    for (let i = 0; i < 2; i++) expect(await failureOf(client.phone(used))).toMatchObject({ code: 'REFUSED', retryable: false })
    expect(backend.to('/v1/me/phone')).toHaveLength(2)
  })

  it('64: a code that got no answer, or was not sent at all, may be sent again with the same event', async () => {
    const { client, backend } = await openPhone()
    await client.login()
    backend.answer('/v1/me/phone', 'drop')
    expect(await failureOf(client.phone(byCode))).toMatchObject({ code: 'NETWORK', retryable: true })
    await client.logout()
    expect((await failureOf(client.phone(byCode))).code).toBe('SIGNED_OUT')
    await client.login()
    await client.phone(byCode)
    expect(backend.to('/v1/me/phone')).toHaveLength(2)
  })

  it('a page instead of the number is a retryable REFUSED', async () => {
    const { client, backend } = await openPhone()
    backend.answer('/v1/me/phone', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' })
    expect(await failureOf(client.phone(byCode))).toMatchObject({ code: 'REFUSED', retryable: true })
    await until(() => client.session !== null)
  })
})
