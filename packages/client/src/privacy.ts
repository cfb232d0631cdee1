import { guard } from './events.js'
import type { Settings } from './options.js'
import { callWx, runtimeOf } from './wx.js'

/** A privacy popup to show: one, however many calls wait for it. Each way to end it settles all of them. */
export interface PrivacyPopup {
  /** What was called first, for example `getUserProfile` or `button.getPhoneNumber`. */
  readonly referrer: string
  /** In `bindagreeprivacyauthorization` of the popup's button, with the button's id. */
  agree(buttonId: string): void
  /** The person refused, or the popup or its page is closed. */
  disagree(): void
  /** The popup is on the screen; for WeChat's records. */
  exposed(): void
  /** Opens the text of the agreement. */
  open(): Promise<void>
}

/** What wx.getPrivacySetting says. */
export interface PrivacyState {
  /** True when the person has yet to agree. */
  readonly needed: boolean
  /** Name of the agreement; '' where the base library knows none. */
  readonly contractName: string
}

/** WeChat's privacy agreement (base library 2.32.3; below that nothing is asked and nothing happens here). */
export interface PrivacyCalls {
  /**
   * Becomes the one listener of wx.onNeedPrivacyAuthorization, with an own popup instead of WeChat's. WeChat keeps only the last listener:
   * a second `install` warns.
   *
   * ```ts
   * client.privacy.install((popup) => { getCurrentPages().slice(-1)[0]?.selectComponent('#privacy').show(popup) })
   * ```
   */
  install(show: (popup: PrivacyPopup) => void): void
  /** Whether the person has yet to agree; for a notice of your own before anything is called. */
  need(): Promise<PrivacyState>
}

interface Verdict { readonly event: 'exposureAuthorization' | 'agree' | 'disagree', readonly buttonId?: string }
type Resolve = (verdict: Verdict) => void
type Listen = (listener: (resolve: Resolve, info?: { readonly referrer?: string }) => void) => void

declare const console: { warn(text: string): void }

/** `client.privacy`. */
export function createPrivacy(settings: Settings): PrivacyCalls {
  let installed = false
  let pending: Resolve[] = []

  function settle(verdict: Verdict): void {
    const all = pending
    pending = []
    for (const resolve of all) resolve(verdict)
  }

  return {
    install(show) {
      const { onNeedPrivacyAuthorization } = runtimeOf(settings) as unknown as { onNeedPrivacyAuthorization?: Listen }
      if (!onNeedPrivacyAuthorization) return
      if (installed) console.warn('[tongxing] privacy.install() again: WeChat keeps only the last listener')
      installed = true
      onNeedPrivacyAuthorization((resolve, { referrer = '' } = {}) => {
        pending.push(resolve)
        if (pending.length > 1) return
        const popup: PrivacyPopup = {
          referrer,
          agree: (buttonId) => settle({ event: 'agree', buttonId }),
          disagree: () => settle({ event: 'disagree' }),
          exposed: () => pending.forEach((waiting) => waiting({ event: 'exposureAuthorization' })),
          open: () => callWx<void>(settings, 'openPrivacyContract', {}, 'UNSUPPORTED'),
        }
        // A popup that cannot be shown can be answered by nobody.
        guard((value: PrivacyPopup) => {
          try {
            show(value)
          } catch (error) {
            popup.disagree()
            throw error
          }
        }, popup)
      })
    },
    async need() {
      if (!runtimeOf(settings).getPrivacySetting) return { needed: false, contractName: '' }
      return callWx<{ needAuthorization: boolean, privacyContractName: string }, PrivacyState>(settings, 'getPrivacySetting', {}, 'UNSUPPORTED', undefined,
        ({ needAuthorization, privacyContractName }) => ({ needed: needAuthorization, contractName: privacyContractName }))
    },
  }
}
