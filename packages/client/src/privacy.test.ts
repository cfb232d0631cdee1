import { describe, expect, it } from 'vitest'
import { openPhone, times, useEmulator } from '../test/phone.js'
import type { PrivacyPopup, WxRuntime } from './index.js'

useEmulator()

type Verdict = { readonly event: string, readonly buttonId?: string }
type Listener = (resolve: (verdict: Verdict) => void, info?: { readonly referrer: string }) => void

/** A client on a phone whose WeChat asks for the agreement: `call` is a private API that now waits for it. */
async function openHost(extra: Record<string, unknown> = {}) {
  const { another, device } = await openPhone()
  let listener: Listener = () => undefined
  const onNeedPrivacyAuthorization = (run: Listener) => { listener = run }
  const runtime = { ...device.wx, onNeedPrivacyAuthorization, ...extra } as unknown as WxRuntime
  const verdicts: Verdict[][] = []
  const call = (referrer: string) => {
    const own: Verdict[] = []
    verdicts.push(own)
    listener((verdict) => own.push(verdict), { referrer })
  }
  return { client: another({ runtime }), call, verdicts }
}

describe('privacy', () => {
  it('66: three private APIs at once are one popup, and all three are resolved', async () => {
    const { client, call, verdicts } = await openHost()
    const popups: PrivacyPopup[] = []
    client.privacy.install((popup) => popups.push(popup))
    for (const referrer of ['getUserProfile', 'getClipboardData', 'chooseMedia']) call(referrer)
    expect(popups.map(({ referrer }) => referrer)).toEqual(['getUserProfile'])
    popups[0]?.exposed()
    popups[0]?.agree('agree-button')
    const all = [{ event: 'exposureAuthorization' }, { event: 'agree', buttonId: 'agree-button' }]
    expect(verdicts).toEqual(times(3, () => all))
    // Settled is settled; whoever comes later sees a popup of its own.
    popups[0]?.disagree()
    call('startRecord')
    expect([verdicts[0], popups.length]).toEqual([all, 2])
  })

  it('67: a refusal, a page that closes and a popup that throws resolve every pending call', async () => {
    const { client, call, verdicts } = await openHost()
    const popups: PrivacyPopup[] = []
    client.privacy.install((popup) => popups.push(popup))
    for (let i = 0; i < 2; i++) call('getUserProfile')
    popups[0]?.disagree()
    expect(verdicts).toEqual(times(2, () => [{ event: 'disagree' }]))
    const reported: unknown[] = []
    const [warn, error] = [console.warn, console.error]
    console.warn = () => undefined
    console.error = (value: unknown) => reported.push(value)
    client.privacy.install(() => { throw new Error('no page') })
    call('chooseMedia')
    Object.assign(console, { warn, error })
    expect([verdicts[2], reported]).toEqual([[{ event: 'disagree' }], [new Error('no page')]])
  })

  it('68: install() twice warns, because WeChat keeps only the last listener', async () => {
    const { client, call } = await openHost()
    const warnings: unknown[] = []
    const spy = console.warn
    console.warn = (text: unknown) => warnings.push(text)
    const shown: number[] = []
    for (const number of [1, 2]) client.privacy.install(() => shown.push(number))
    console.warn = spy
    call('getUserProfile')
    expect([warnings.length, shown]).toEqual([1, [2]])
  })

  it('69: on a base library without the API nothing happens and nothing is needed', async () => {
    const { client } = await openHost({ onNeedPrivacyAuthorization: undefined, getPrivacySetting: undefined })
    client.privacy.install(() => { throw new Error('never') })
    expect(await client.privacy.need()).toEqual({ needed: false, contractName: '' })
  })

  it('need() tells what wx.getPrivacySetting says', async () => {
    const getPrivacySetting = ({ success }: { success(setting: object): void }) => success({ needAuthorization: true, privacyContractName: '《隐私保护指引》' })
    const { client } = await openHost({ getPrivacySetting })
    expect(await client.privacy.need()).toEqual({ needed: true, contractName: '《隐私保护指引》' })
  })
})
