import type { AppConfig } from '../../app-bundle.js'
import { addStyle, make } from './element.js'
import type { NavigationBar } from './navigation-bar.js'
import { createNavigationBar } from './navigation-bar.js'
import type { TabBar } from './tab-bar.js'
import { createTabBar } from './tab-bar.js'

/** The phone around the pages: navigation bar, screen, tab bar, and the layer for sheets. */
export interface Chrome {
  readonly navigation: NavigationBar
  readonly screen: HTMLElement
  readonly tabs: TabBar
  readonly overlay: HTMLElement
}

export interface ChromeActions {
  back(): void
  switchTab(route: string): void
  resolveAsset(source: string): string
}

export function createChrome(mount: HTMLElement, app: AppConfig, actions: ChromeActions): Chrome {
  addStyle()
  const navigation = createNavigationBar(actions.back)
  const screen = make('main', 'phone-screen')
  const tabs = createTabBar(app.tabBar, actions.resolveAsset, actions.switchTab)
  const overlay = make('div', 'phone-overlay')
  mount.classList.add('phone')
  // A program that does not declare darkmode stays light in WeChat, whatever the system says.
  mount.dataset.darkmode = String(app.darkmode === true)
  mount.replaceChildren(navigation.element, screen, tabs.element, overlay)
  return { navigation, screen, tabs, overlay }
}
