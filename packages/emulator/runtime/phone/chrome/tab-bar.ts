import type { AppConfig } from '../../app-bundle.js'
import { make, makeButton } from './element.js'

export interface TabBar {
  readonly element: HTMLElement
  /** undefined: the current page is no tab. */
  draw(route: string | undefined): void
  show(shown: boolean): void
}

export function createTabBar(config: AppConfig['tabBar'], resolveAsset: (source: string) => string, onSwitch: (route: string) => void): TabBar {
  const element = make('nav', 'phone-tabs')
  let wanted = true
  const draw = (route: string | undefined): void => {
    element.hidden = route === undefined || !wanted
    element.style.background = config?.backgroundColor ?? ''
    element.replaceChildren(...(config?.list ?? []).map(({ pagePath, text, iconPath, selectedIconPath }) => {
      const selected = pagePath === route
      const tab = makeButton('phone-tab', '', () => { onSwitch(pagePath) })
      const icon = selected ? selectedIconPath ?? iconPath : iconPath
      if (icon !== undefined) tab.append(Object.assign(document.createElement('img'), { src: resolveAsset(`/${icon}`), alt: '' }))
      tab.append(make('span', '', text))
      tab.setAttribute('aria-current', selected ? 'page' : 'false')
      tab.style.color = (selected ? config?.selectedColor : config?.color) ?? ''
      return tab
    }))
  }
  const show = (shown: boolean): void => {
    wanted = shown
    element.hidden = !shown
  }
  return { element, draw, show }
}
