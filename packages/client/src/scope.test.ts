import { describe, expect, it } from 'vitest'
import { failureOf, openPhone, useEmulator } from '../test/phone.js'

useEmulator()

const SCOPE = 'scope.userLocation'

/** A phone whose person answers as told; the modal is the host's to draw, and its button is a tap. */
async function openHost({ before, answer = 'allow', confirm = true, grant }: { before?: boolean, answer?: 'allow' | 'deny', confirm?: boolean, grant?: boolean }) {
  const { another, device } = await openPhone({ device: { answer } })
  if (before !== undefined) device.authSetting[SCOPE] = before
  if (grant !== undefined) device.settings = { [SCOPE]: grant }
  let modals = 0
  const showModal = ({ success }: { success(result: object): void }) => {
    modals++
    // As in WeChat: never during the call itself.
    setImmediate(() => device.tap(() => success({ confirm })))
  }
  const client = another({ runtime: { ...device.wx, showModal } })
  const asked = () => ({ modals, authorize: device.calls.filter(({ api }) => api === 'authorize').length, openSetting: device.calls.filter(({ api }) => api === 'openSetting').length })
  return { client, asked }
}

describe('scope', () => {
  it('granted before, it resolves without asking', async () => {
    const { client, asked } = await openHost({ before: true })
    await client.scope(SCOPE)
    expect(asked()).toEqual({ modals: 0, authorize: 0, openSetting: 0 })
  })

  it('never asked for, the person is asked; a refusal is SCOPE_DENIED with the words of wx', async () => {
    const willing = await openHost({})
    await willing.client.scope(SCOPE, { rationale: '查找附近的门店' })
    expect(willing.asked()).toEqual({ modals: 0, authorize: 1, openSetting: 0 })
    const unwilling = await openHost({ answer: 'deny' })
    expect(await failureOf(unwilling.client.scope(SCOPE, { rationale: '查找附近的门店' }))).toMatchObject({ code: 'SCOPE_DENIED', cause: { errMsg: 'authorize:fail auth deny' } })
    expect(unwilling.asked()).toEqual({ modals: 0, authorize: 1, openSetting: 0 })
  })

  it('71: refused before, the settings open in the tap of the modal, and settle either way', async () => {
    const granted = await openHost({ before: false, grant: true })
    await granted.client.scope(SCOPE, { rationale: '查找附近的门店' })
    expect(granted.asked()).toEqual({ modals: 1, authorize: 0, openSetting: 1 })
    const left = await openHost({ before: false, grant: false })
    expect((await failureOf(left.client.scope(SCOPE, { rationale: '查找附近的门店' }))).code).toBe('SCOPE_DENIED')
    const cancelled = await openHost({ before: false, confirm: false })
    expect((await failureOf(cancelled.client.scope(SCOPE, { rationale: '查找附近的门店' }))).code).toBe('SCOPE_DENIED')
    expect(cancelled.asked()).toEqual({ modals: 1, authorize: 0, openSetting: 0 })
  })

  it('71: refused before and without a rationale it rejects at once', async () => {
    const { client, asked } = await openHost({ before: false })
    expect((await failureOf(client.scope(SCOPE))).code).toBe('SCOPE_DENIED')
    expect(asked()).toEqual({ modals: 0, authorize: 0, openSetting: 0 })
  })

  it('where WeChat refuses to tell, the refusal is handed on', async () => {
    const { another, device } = await openPhone()
    device.fault({ api: 'getSetting', kind: 'fail', reason: 'privacy permission is not authorized' })
    expect((await failureOf(another().scope(SCOPE))).code).toBe('PRIVACY_DENIED')
  })
})
