import type { AppBundle } from '../app-bundle.js'
import type { OpenPage, PageOpener } from './pages.js'
import type { PageUrl } from './page-url.js'
import { parsePageUrl } from './page-url.js'
import type { PageStack } from './page-stack.js'
import { createPageStack } from './page-stack.js'

const LARGEST_STACK = 10

export interface Navigation {
  readonly stack: readonly OpenPage[]
  current(): OpenPage | undefined
  isTab(route: string): boolean
  /** Each throws an Error with the part of WeChat's errMsg after "fail ". */
  navigateTo(url: string): OpenPage
  redirectTo(url: string): void
  reLaunch(url: string): void
  switchTab(url: string): void
  navigateBack(delta?: number): void
}

export function createNavigation(bundle: AppBundle, pages: PageOpener, onChange: (current: OpenPage) => void): Navigation {
  const isTab = (route: string): boolean => bundle.app.tabBar?.list.some(({ pagePath }) => pagePath === route) ?? false
  const stack = createPageStack(pages, isTab, onChange)
  const find = (url: string): PageUrl => {
    const target = parsePageUrl(url, stack.current()?.route)
    if (bundle.comps[target.route]?.page !== true) throw new Error(`page "${target.route}" is not found`)
    return target
  }
  return {
    stack: stack.pages, current: stack.current, isTab,
    navigateTo: (url) => {
      const target = find(url)
      if (isTab(target.route)) throw new Error('can not navigateTo a tabbar page')
      if (stack.pages.length >= LARGEST_STACK) throw new Error('webview count limit exceed')
      stack.current()?.hide()
      return stack.push(target)
    },
    redirectTo: (url) => {
      const target = find(url)
      if (isTab(target.route)) throw new Error('can not redirectTo a tabbar page')
      stack.closeTop()
      stack.push(target)
    },
    reLaunch: (url) => {
      const target = find(url)
      stack.closeAll()
      stack.push(target)
    },
    switchTab: (url) => {
      const target = find(url)
      if (!isTab(target.route)) throw new Error('can not switch to no-tabBar page')
      switchTab(target, stack, isTab, onChange)
    },
    navigateBack: (delta = 1) => {
      if (stack.pages.length < 2) throw new Error('cannot navigate back at first page.')
      for (let left = Math.min(Math.max(delta, 1), stack.pages.length - 1); left > 0; left--) stack.closeTop()
      stack.showTop()
    },
  }
}

/** Everything over the tab pages closes; the tab page that was shown stays alive. */
function switchTab(target: PageUrl, stack: PageStack, isTab: (route: string) => boolean, onChange: (current: OpenPage) => void): void {
  const covered = stack.pages.length > 1
  while (stack.pages.length > 1) stack.closeTop()
  const before = stack.current()
  if (before?.route === target.route) {
    if (covered) stack.showTop()
    else onChange(before)
    return
  }
  if (before !== undefined && isTab(before.route)) stack.setAside(covered)
  else stack.closeTop()
  if (!stack.bringBack(target.route)) stack.push(target)
}
