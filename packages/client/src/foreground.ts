import type { Settings } from './options.js'
import { quietly } from './quietly.js'
import { runtimeOf } from './wx.js'

type Listen = (listener: () => void) => void

/** Whether the mini program is in the foreground, as far as the host tells. */
export interface Foreground {
  /** Listens from now on. */
  watch(): void
  /** Resolves as soon as the mini program is in the foreground; at once where the host does not tell. */
  shown(): Promise<void>
}

/** wx makes no network calls 5 s after the mini program went to the background; whoever wants to go on waits here. */
export function createForeground(settings: Settings): Foreground {
  let watching = false
  let hidden = false
  const waiting: (() => void)[] = []
  return {
    watch() {
      if (watching) return
      watching = true
      quietly(() => {
        const { onAppHide, onAppShow } = runtimeOf(settings) as unknown as { onAppHide: Listen, onAppShow: Listen }
        onAppShow(() => {
          hidden = false
          waiting.splice(0).forEach((resolve) => resolve())
        })
        onAppHide(() => { hidden = true })
      })
    },
    shown: () => new Promise((resolve) => {
      if (hidden) waiting.push(resolve)
      else resolve()
    }),
  }
}
