// Loaded by a web page in a <web-view> in place of WeChat's jweixin: wx.miniProgram, by messages to the phone around the page.
import type { WebPageAnswer, WebPageCall } from '#phone-host'

interface Callbacks {
  success?: (result: unknown) => void
  fail?: (result: unknown) => void
  complete?: (result: unknown) => void
}

const waiting = new Map<number, Callbacks>()
let lastId = 0

const call = (miniProgram: string) => ({ success, fail, complete, ...options }: Callbacks & Record<string, unknown> = {}): void => {
  const id = ++lastId
  waiting.set(id, { ...success && { success }, ...fail && { fail }, ...complete && { complete } })
  const message: WebPageCall = { miniProgram, id, options }
  // The page does not know who shows it; a page that is shown by nobody talks to itself and is not answered.
  window.parent.postMessage(message, '*')
}

window.addEventListener('message', ({ source, data }: MessageEvent<Partial<WebPageAnswer> | undefined>) => {
  const { miniProgramAnswer: id, ok, result } = data ?? {}
  if (source !== window.parent || id === undefined) return
  const callbacks = waiting.get(id)
  waiting.delete(id)
  try {
    callbacks?.[ok === true ? 'success' : 'fail']?.(result)
  } finally {
    callbacks?.complete?.(result)
  }
})

const NAMES = ['navigateTo', 'navigateBack', 'switchTab', 'reLaunch', 'redirectTo', 'postMessage']
const inside = window.parent !== window
const miniProgram = { ...Object.fromEntries(NAMES.map((name) => [name, call(name)])), getEnv: (tell: (env: { miniprogram: boolean }) => void) => { tell({ miniprogram: inside }) } }
Object.assign(window, { wx: { miniProgram }, ...inside && { __wxjs_environment: 'miniprogram' } })
