import type { WindowConfig } from '../../app-bundle.js'
import { make, makeButton } from './element.js'

export interface NavigationBar {
  readonly element: HTMLElement
  draw(window: WindowConfig, canGoBack: boolean): void
  loading(shown: boolean): void
}

export function createNavigationBar(onBack: () => void): NavigationBar {
  const back = makeButton('phone-back', '', onBack)
  back.setAttribute('aria-label', '返回')
  const title = make('span', 'phone-title')
  const spinner = make('i', 'phone-spinner')
  spinner.hidden = true
  const capsule = make('span', 'phone-capsule', make('i', 'phone-capsule-dots'), make('i', 'phone-capsule-close'))
  capsule.setAttribute('aria-hidden', 'true')
  const element = make('header', 'phone-navigation', back, make('span', 'phone-title-box', spinner, title), capsule)
  return {
    element,
    draw: ({ navigationBarTitleText = '', navigationBarBackgroundColor, navigationBarTextStyle, navigationStyle }, canGoBack) => {
      title.textContent = navigationBarTitleText
      back.hidden = !canGoBack
      element.dataset.style = navigationStyle ?? 'default'
      element.style.background = navigationBarBackgroundColor ?? ''
      // WeChat's default is white letters on black only when the program says so; without a colour the theme decides.
      element.dataset.text = navigationBarTextStyle ?? (navigationBarBackgroundColor === undefined ? 'theme' : 'white')
    },
    loading: (shown) => { spinner.hidden = !shown },
  }
}
