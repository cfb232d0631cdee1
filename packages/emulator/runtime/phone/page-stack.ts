import type { OpenPage, PageOpener } from './pages.js'
import type { PageUrl } from './page-url.js'

export interface PageStack {
  readonly pages: readonly OpenPage[]
  current(): OpenPage | undefined
  push(url: PageUrl): OpenPage
  closeTop(): void
  /** Tab pages that were set aside too. */
  closeAll(): void
  showTop(): void
  /** Takes the tab page off the stack without closing it. */
  setAside(alreadyHidden: boolean): void
  /** Puts a tab page back, if it is still alive. */
  bringBack(route: string): boolean
}

export function createPageStack(opener: PageOpener, isTab: (route: string) => boolean, onChange: (current: OpenPage) => void): PageStack {
  const pages: OpenPage[] = []
  const tabs = new Map<string, OpenPage>()
  const current = (): OpenPage | undefined => pages.at(-1)
  const closeTop = (): void => {
    const page = pages.pop()
    if (page === undefined) return
    tabs.delete(page.route)
    page.close()
  }
  const showTop = (): void => {
    const page = current()
    page?.show()
    if (page !== undefined) onChange(page)
  }
  return {
    pages, current, closeTop, showTop,
    push: (url) => opener.open(url, (page) => {
      pages.push(page)
      if (isTab(url.route)) tabs.set(url.route, page)
      onChange(page)
    }),
    closeAll: () => {
      while (pages.length > 0) closeTop()
      for (const page of tabs.values()) page.close()
      tabs.clear()
    },
    setAside: (alreadyHidden) => {
      if (!alreadyHidden) current()?.hide()
      pages.length = 0
    },
    bringBack: (route) => {
      const alive = tabs.get(route)
      if (alive === undefined) return false
      pages.push(alive)
      showTop()
      return true
    },
  }
}
