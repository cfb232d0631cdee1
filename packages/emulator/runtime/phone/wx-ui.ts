// What the phone adds over the emulator's wx: pages, sheets, the navigation bar. The layering is here and nowhere else.
import type { Chrome } from './chrome/chrome.js'
import { drawActionSheet, drawModal } from './chrome/dialogs.js'
import { createToasts } from './chrome/toast.js'
import { inTap } from './gesture.js'
import type { Instance } from './glass-easel.js'
import type { PhoneHost } from './host.js'
import type { Navigation } from './navigation.js'
import type { WxFunction } from './wx-call.js'
import { textOption, wxFunction } from './wx-call.js'

type Wx = Record<string, unknown>

export interface UiContext {
  readonly host: PhoneHost
  readonly chrome: Chrome
  readonly navigation: Navigation
  readonly launch: Readonly<Record<string, unknown>>
  /** Draws the current page's navigation bar and tab bar anew. */
  redraw(): void
}

const TOAST_MS = 1500

export function createWx(context: UiContext): Wx {
  const ui: Wx = { ...navigationFunctions(context), ...barFunctions(context), ...toastFunctions(context), ...dialogFunctions(context), ...pageFunctions(context) }
  const device = context.host.wx as Wx
  const under = device.canIUse
  // canIUse('showToast'), canIUse('showToast.object.title'): what this file supplies, the rest is the emulator's answer.
  const canIUse = (schema: string): boolean => ui[schema.split('.')[0] ?? ''] !== undefined
    || (typeof under === 'function' && Boolean((under as (schema: string) => unknown)(schema)))
  return { ...device, ...ui, canIUse }
}

function navigationFunctions({ navigation }: UiContext): Wx {
  const to = (api: 'redirectTo' | 'reLaunch' | 'switchTab'): WxFunction => wxFunction(api, ({ url }, settle) => {
    navigation[api](textOption(url))
    settle.ok()
  })
  return {
    redirectTo: to('redirectTo'), reLaunch: to('reLaunch'), switchTab: to('switchTab'),
    navigateTo: wxFunction('navigateTo', ({ url, events }, settle) => {
      const { channel } = navigation.navigateTo(textOption(url))
      for (const [type, listener] of Object.entries((events ?? {}) as Record<string, () => void>)) channel.on(type, listener)
      settle.ok({ eventChannel: channel })
    }),
    navigateBack: wxFunction('navigateBack', ({ delta }, settle) => {
      navigation.navigateBack(typeof delta === 'number' ? delta : 1)
      settle.ok()
    }),
  }
}

function barFunctions({ navigation, chrome, redraw }: UiContext): Wx {
  const change = (api: string, changes: (options: Record<string, unknown>) => Record<string, unknown>): WxFunction => wxFunction(api, (options, settle) => {
    const page = navigation.current()
    if (page !== undefined) page.window = { ...page.window, ...changes(options) }
    redraw()
    settle.ok()
  })
  const act = (api: string, run: () => void): WxFunction => wxFunction(api, (_, settle) => {
    run()
    settle.ok()
  })
  return {
    setNavigationBarTitle: change('setNavigationBarTitle', ({ title }) => ({ navigationBarTitleText: textOption(title) })),
    setNavigationBarColor: change('setNavigationBarColor', ({ frontColor, backgroundColor }) => ({
      navigationBarTextStyle: frontColor === '#ffffff' ? 'white' : 'black', navigationBarBackgroundColor: textOption(backgroundColor),
    })),
    showNavigationBarLoading: act('showNavigationBarLoading', () => { chrome.navigation.loading(true) }),
    hideNavigationBarLoading: act('hideNavigationBarLoading', () => { chrome.navigation.loading(false) }),
    showTabBar: act('showTabBar', () => { chrome.tabs.show(true) }),
    hideTabBar: act('hideTabBar', () => { chrome.tabs.show(false) }),
  }
}

function toastFunctions({ chrome, host }: UiContext): Wx {
  const toasts = createToasts(chrome.overlay)
  const hide = (api: string): WxFunction => wxFunction(api, (_, settle) => {
    toasts.hide()
    settle.ok()
  })
  return {
    hideToast: hide('hideToast'), hideLoading: hide('hideLoading'),
    showToast: wxFunction('showToast', ({ title, icon, image, mask, duration }, settle) => {
      const picture = typeof image === 'string' && image !== '' ? { image: host.resolveAsset?.(image) ?? image } : {}
      toasts.show({ title: textOption(title), icon: textOption(icon, 'success'), mask: mask === true, duration: typeof duration === 'number' ? duration : TOAST_MS, ...picture })
      settle.ok()
    }),
    showLoading: wxFunction('showLoading', ({ title, mask }, settle) => {
      toasts.show({ title: textOption(title), icon: 'loading', mask: mask === true })
      settle.ok()
    }),
  }
}

function dialogFunctions({ chrome, host: { gesture } }: UiContext): Wx {
  return {
    // 'now': the callbacks run inside the click. The confirm of a modal counts as a tap (wechat-protocol.md §10).
    showModal: wxFunction('showModal', (options, settle) => {
      drawModal(chrome.overlay, {
        title: textOption(options.title), content: textOption(options.content), showCancel: options.showCancel !== false,
        cancelText: textOption(options.cancelText, '取消'), confirmText: textOption(options.confirmText, '确定'),
        editable: options.editable === true, placeholderText: textOption(options.placeholderText),
      }, (confirm, content) => {
        const answer = (): void => { settle.ok({ confirm, cancel: !confirm, content: options.editable === true && confirm ? content : null }) }
        if (confirm) inTap(gesture, answer)
        else answer()
      })
    }, 'now'),
    showActionSheet: wxFunction('showActionSheet', ({ itemList, alertText }, settle) => {
      const items = Array.isArray(itemList) ? itemList.map(String) : []
      if (items.length === 0 || items.length > 6) return settle.fail('parameter error: itemList should hold 1 to 6 items')
      drawActionSheet(chrome.overlay, items, textOption(alertText), (index) => {
        if (index === undefined) settle.fail('cancel')
        else settle.ok({ tapIndex: index })
      })
    }),
  }
}

function pageFunctions({ navigation, launch, chrome }: UiContext): Wx {
  return {
    nextTick: (callback: () => void) => { queueMicrotask(callback) },
    getLaunchOptionsSync: () => ({ ...launch }),
    getEnterOptionsSync: () => ({ ...launch }),
    createSelectorQuery: () => navigation.current()?.instance.createSelectorQuery(),
    createIntersectionObserver: (instance: Instance, options: unknown) => (instance.createIntersectionObserver as (options: unknown) => unknown)(options),
    pageScrollTo: wxFunction('pageScrollTo', ({ scrollTop, selector, duration }, settle) => {
      const element = navigation.current()?.element
      if (element === undefined) return settle.fail('no page is open')
      const target = typeof selector === 'string' ? element.querySelector(selector.replace(/^#(.+)$/, '[id$="--$1"]')) : null
      const offset = target === null ? Number(scrollTop ?? 0) : target.getBoundingClientRect().top - chrome.screen.getBoundingClientRect().top + element.scrollTop
      element.scrollTo({ top: offset, behavior: duration === 0 ? 'auto' : 'smooth' })
      settle.ok()
    }),
    startPullDownRefresh: wxFunction('startPullDownRefresh', (_, settle) => {
      chrome.navigation.loading(true)
      navigation.current()?.call('onPullDownRefresh')
      settle.ok()
    }),
    stopPullDownRefresh: wxFunction('stopPullDownRefresh', (_, settle) => {
      chrome.navigation.loading(false)
      settle.ok()
    }),
  }
}
