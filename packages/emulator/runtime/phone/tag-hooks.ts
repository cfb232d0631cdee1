import type { Chrome } from './chrome/chrome.js'
import { drawNicknameBar, drawPicker } from './chrome/dialogs.js'
import type { TagHooks } from './define-tag.js'
import type { ErrorReporter } from './errors.js'
import type { PhoneHost } from './host.js'
import type { Callbacks } from './wx-call.js'

type WxCall = (options: Callbacks & Record<string, unknown>) => unknown

/** What built-in tags may ask of the phone. `wx` is a function, for tags are defined before wx exists. */
export function createTagHooks(host: PhoneHost, chrome: Chrome, errors: ErrorReporter, wx: () => Readonly<Record<string, unknown>>): TagHooks {
  const ask = (api: string, options: Record<string, unknown>): Promise<unknown> => new Promise((resolve) => {
    const call = wx()[api]
    // Both answers are a detail: the page reads errMsg.
    if (typeof call === 'function') (call as WxCall)({ ...options, success: resolve, fail: resolve })
    else resolve({ errMsg: `${api}:fail the simulator has no wx.${api}` })
  })
  const askUserInfo = async (lang: string): Promise<unknown> => {
    const detail = await ask('getUserInfo', { withCredentials: true, lang })
    // Tutorials show the button to somebody who never logged in: the plain data needs no login, the encrypted part does.
    return /:fail.*login/.test((detail as { errMsg?: string }).errMsg ?? '') ? ask('getUserInfo', { withCredentials: false, lang }) : detail
  }
  const openType: TagHooks['openType'] = async (name, button) => {
    try {
      const shown = host.openType?.(name, button)
      if (shown !== undefined) return await shown
      if (name === 'getUserInfo') return await askUserInfo(button.lang ?? 'en')
      if (name === 'openSetting') return await ask('openSetting', {})
      throw new Error(`open-type="${name}": the simulator does not support it yet`)
    } catch (error) {
      errors.report(error, `button open-type="${name}"`)
      return undefined
    }
  }
  return {
    openType,
    nickname: (fill) => offerNickname(host, chrome.overlay, fill),
    reviewNickname: async (value) => await host.reviewNickname?.(value) ?? { pass: true, timeout: false },
    resolveAsset: (source) => host.resolveAsset?.(source) ?? source,
    pick: (controls) => drawPicker(chrome.overlay, controls),
    openWebPage: (source) => {
      if (host.openWebPage === undefined) host.console.info(`<web-view>: no browser here, ${source} is not opened`)
      return host.openWebPage?.(source)
    },
    callForWebPage: (api, options) => ask(api, options) as Promise<{ errMsg: string }>,
    navigate: (kind, url, delta) => {
      const api = { navigate: 'navigateTo', redirect: 'redirectTo' }[kind] ?? kind
      const call = wx()[api] as WxCall
      call({ url, delta, fail: (error) => { host.console.error((error as { errMsg: string }).errMsg) } })
    },
  }
}

/** Returns how to take the offer away, whether it has come by then or not. */
function offerNickname(host: PhoneHost, overlay: HTMLElement, fill: (value: string) => void): () => void {
  let remove: (() => void) | undefined
  let closed = false
  void host.suggestNickname?.().then((name) => {
    if (name !== undefined && !closed) remove = drawNicknameBar(overlay, name, () => { fill(name) })
  })
  return () => {
    closed = true
    remove?.()
  }
}
