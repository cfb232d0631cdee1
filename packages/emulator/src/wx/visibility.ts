import type { Timekeeper } from '../clock.js'
import { atLeast } from './base-library.js'
import { createListeners } from './listeners.js'

/** What onAppHide tells. */
export interface HideOptions {
  /** Base library 3.5.7. 3: neither closed, nor gone to another mini program or a page of WeChat. */
  readonly reason?: 0 | 1 | 2 | 3
}

/** What onAppShow tells. */
export interface ShowOptions {
  /** Base library 2.20.0. */
  readonly apiCategory?: 'default' | 'nativeFunctionalized' | 'browseOnly' | 'embedded' | 'chatTool'
  /** Files of a chat that the mini program was opened with (scene 1173). */
  readonly forwardMaterials: { readonly name: string, readonly path: string, readonly size: number, readonly type: string }[]
  /** What another app that runs the mini program hands over. */
  readonly hostExtraData: { readonly host_scene: string }
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** How it was opened: 1001 is the list of mini programs used of late. */
  readonly scene: number
  readonly shareTicket: string
  readonly referrerInfo: object
}

/** The functions of `wx` about foreground and background. */
export interface VisibilityApis {
  onAppHide(listener: (options: HideOptions) => void): void
  /** Without a listener: all of them. */
  offAppHide(listener?: (options: HideOptions) => void): void
  onAppShow(listener: (options: ShowOptions) => void): void
  /** Without a listener: all of them. */
  offAppShow(listener?: (options: ShowOptions) => void): void
}

/** Whether the person sees the mini program. */
export interface Visibility {
  readonly apis: VisibilityApis
  background(): void
  foreground(options?: Partial<ShowOptions>): void
  /** Calls `interrupt` when a network call is cut, at once if it may not even begin. The returned function ends it. */
  whileOnNetwork(interrupt: () => void): () => void
}

/** ms that network calls still get in the background. */
const GRACE = 5000

const FROM_RECENT: ShowOptions = { forwardMaterials: [], hostExtraData: { host_scene: '' }, path: '', query: {}, scene: 1001, shareTicket: '', referrerInfo: {} }

// Kept from load time: a test that fakes the global timers must not stop the emulator.
const soon = globalThis.setImmediate

/** In the foreground to begin with. Once `isOver()`, nobody is told anything. */
export function createVisibility(clock: Timekeeper, baseLibrary: string, isOver: () => boolean): Visibility {
  const [hides, shows] = [createListeners<HideOptions>(), createListeners<ShowOptions>()]
  const interrupts = new Set<() => void>()
  /** Set in the background; cancels the cut. */
  let cancelCut: (() => void) | undefined
  let isCut = false
  const later = (tell: () => void): void => {
    soon(() => { if (!isOver()) tell() })
  }

  return {
    apis: { onAppHide: hides.on, offAppHide: hides.off, onAppShow: shows.on, offAppShow: shows.off },
    background() {
      if (cancelCut !== undefined) return
      cancelCut = clock.after(GRACE, () => {
        isCut = true
        for (const interrupt of [...interrupts]) interrupt()
      })
      later(() => hides.tell(atLeast(baseLibrary, '3.5.7') ? { reason: 3 } : {}))
    },
    foreground(options) {
      if (cancelCut === undefined) return
      cancelCut()
      cancelCut = undefined
      isCut = false
      later(() => shows.tell({ ...atLeast(baseLibrary, '2.20.0') && { apiCategory: 'default' }, ...FROM_RECENT, ...options }))
    },
    whileOnNetwork(interrupt) {
      if (isCut) interrupt()
      else interrupts.add(interrupt)
      return () => { interrupts.delete(interrupt) }
    },
  }
}
