import { describe, expect, it } from 'vitest'
import { failureOf, openPhone, useEmulator } from '../test/phone.js'
import type { WxRuntime } from './index.js'

useEmulator()

const SCOPE = 'scope.userLocation'

interface Options { readonly scope?: string, success(result: object): void, fail(failure: { errMsg: string }): void }

/** A phone with a person who answers wx.authorize, the modal and the settings; wx.getSetting is the emulator's own. */
async function openHost({ before, answer = true, confirm = true, grant = false }: { before?: boolean, answer?: boolean, confirm?: boolean, grant?: boolean }) {
  const { another, device } = await openPhone()
  if (before !== undefined) device.authSetting[SCOPE] = before
  let inTap = false
  const calls: string[] = []
  const functions = {
    authorize({ scope = '', success, fail }: Options) {
      calls.push('authorize')
      device.authSetting[scope] = answer
      if (answer) success({})
      else fail({ errMsg: 'authorize:fail auth deny' })
    },
    showModal({ success }: Options) {
      calls.push('showModal')
      inTap = true
      success({ confirm })
      inTap = false
    },
    openSetting({ success, fail }: Options) {
      calls.push('openSetting')
      if (!inTap) return fail({ errMsg: 'openSetting:fail can only be invoked by user TAP gesture.' })
      success({ authSetting: { [SCOPE]: grant } })
    },
  }
  return { client: another({ runtime: { ...device.wx, ...functions } as unknown as WxRuntime }), calls }
}

describe('scope', () => {
  it('granted before, it resolves without asking', async () => {
    const { client, calls } = await openHost({ before: true })
    await client.scope(SCOPE)
    expect(calls).toEqual([])
  })

  it('never asked for, the person is asked; a refusal is SCOPE_DENIED with the words of wx', async () => {
    const willing = await openHost({})
    await willing.client.scope(SCOPE, { rationale: '查找附近的门店' })
    expect(willing.calls).toEqual(['authorize'])
    const unwilling = await openHost({ answer: false })
    expect(await failureOf(unwilling.client.scope(SCOPE, { rationale: '查找附近的门店' }))).toMatchObject({ code: 'SCOPE_DENIED', cause: { errMsg: 'authorize:fail auth deny' } })
    expect(unwilling.calls).toEqual(['authorize'])
  })

  it('71: refused before, the settings open in the tap of the modal, and settle either way', async () => {
    const granted = await openHost({ before: false, grant: true })
    await granted.client.scope(SCOPE, { rationale: '查找附近的门店' })
    expect(granted.calls).toEqual(['showModal', 'openSetting'])
    const left = await openHost({ before: false, grant: false })
    expect((await failureOf(left.client.scope(SCOPE, { rationale: '查找附近的门店' }))).code).toBe('SCOPE_DENIED')
    const cancelled = await openHost({ before: false, confirm: false })
    expect((await failureOf(cancelled.client.scope(SCOPE, { rationale: '查找附近的门店' }))).code).toBe('SCOPE_DENIED')
    expect(cancelled.calls).toEqual(['showModal'])
  })

  it('71: refused before and without a rationale it rejects at once', async () => {
    const { client, calls } = await openHost({ before: false })
    expect((await failureOf(client.scope(SCOPE))).code).toBe('SCOPE_DENIED')
    expect(calls).toEqual([])
  })

  it('where WeChat refuses to tell, the refusal is handed on', async () => {
    const { another, device } = await openPhone()
    device.fault({ api: 'getSetting', kind: 'fail', reason: 'privacy permission is not authorized' })
    expect((await failureOf(another().scope(SCOPE))).code).toBe('PRIVACY_DENIED')
  })
})
