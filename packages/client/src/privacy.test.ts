import type { Device } from '@tongxing/emulator'
import { describe, expect, it } from 'vitest'
import { openPhone, settle, times, until, useEmulator } from '../test/phone.js'
import type { PrivacyPopup } from './index.js'

useEmulator()

/** A private API that waits for the agreement: its errMsg. */
const require = (device: Device) => new Promise<string>((resolve) => {
  const done = ({ errMsg }: { errMsg: string }) => resolve(errMsg)
  device.wx.requirePrivacyAuthorize({ success: done, fail: done })
})

const OK = 'requirePrivacyAuthorize:ok'
const REFUSED = 'requirePrivacyAuthorize:fail privacy permission is not authorized'

describe('privacy', () => {
  it('66: three private APIs at once are one popup, and all three go on once the person agreed', async () => {
    const { client, device } = await openPhone()
    const popups: PrivacyPopup[] = []
    client.privacy.install((popup) => popups.push(popup))
    expect(await client.privacy.need()).toMatchObject({ needed: true })
    const profile = device.tap(() => client.profile.fromTap({ desc: '用于展示' }))
    const number = device.tapButton('getPhoneNumber')
    const required = require(device)
    await until(() => popups.length > 0)
    await settle()
    expect(popups.map(({ referrer }) => referrer)).toEqual(['getUserProfile'])
    popups[0]?.exposed()
    await device.tapButton('agreePrivacyAuthorization', { id: 'agree' })
    popups[0]?.agree('agree')
    expect(await Promise.all([profile, number, required])).toEqual([{ anonymous: true }, expect.objectContaining({ errMsg: 'getPhoneNumber:ok' }), OK])
    expect(await client.privacy.need()).toMatchObject({ needed: false })
    expect(popups).toHaveLength(1)
  })

  it('67: a refusal, a page that closes and a popup that throws end every pending call', async () => {
    const { client, device, another } = await openPhone()
    const popups: PrivacyPopup[] = []
    client.privacy.install((popup) => popups.push(popup))
    const waiting = Promise.all(times(2, () => require(device)))
    await until(() => popups.length > 0)
    await settle()
    popups[0]?.disagree()
    expect(await waiting).toEqual([REFUSED, REFUSED])
    const reported: unknown[] = []
    const { error } = console
    console.error = (value: unknown) => reported.push(value)
    another().privacy.install(() => { throw new Error('no page') })
    expect(await require(device)).toBe(REFUSED)
    console.error = error
    expect(reported).toEqual([new Error('no page')])
  })

  it('68: install() twice warns, because WeChat keeps only the last listener', async () => {
    const { client, device } = await openPhone()
    const warnings: unknown[] = []
    const shown: number[] = []
    const spy = console.warn
    console.warn = (text: unknown) => warnings.push(text)
    for (const number of [1, 2]) {
      client.privacy.install((popup) => {
        shown.push(number)
        popup.disagree()
      })
    }
    console.warn = spy
    expect(await require(device)).toBe(REFUSED)
    expect([warnings.length, shown]).toEqual([1, [2]])
  })

  it('69: on a base library without the API nothing happens and nothing is needed', async () => {
    const { client } = await openPhone({ device: { baseLibrary: '2.30.0' } })
    client.privacy.install(() => { throw new Error('never') })
    expect(await client.privacy.need()).toEqual({ needed: false, contractName: '' })
  })
})
