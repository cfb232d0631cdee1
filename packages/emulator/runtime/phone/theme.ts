import type { AppConfig, WindowConfig } from '../app-bundle.js'

/** Follows the phone's theme for what app.json and theme.json leave to it. */
export interface Theme {
  /** "@name" of theme.json becomes its value. */
  resolve(window: WindowConfig): WindowConfig
}

const DARK = '(prefers-color-scheme: dark)'

/** `onChange` is told when the theme changes. */
export function followTheme({ darkmode, themes }: AppConfig, onChange: () => void): Theme {
  const root = document.documentElement
  // jsdom has no matchMedia.
  const system = 'matchMedia' in globalThis ? globalThis.matchMedia(DARK) : undefined
  const isDark = (): boolean => darkmode === true && (root.dataset.theme === undefined ? system?.matches === true : root.dataset.theme === 'dark')
  if (themes !== undefined) {
    system?.addEventListener('change', onChange)
    new MutationObserver(onChange).observe(root, { attributeFilter: ['data-theme'] })
  }
  const valueOf = (value: unknown): unknown => typeof value === 'string' && value.startsWith('@') ? themes?.[isDark() ? 'dark' : 'light']?.[value.slice(1)] : value
  return {
    resolve: (window) => Object.fromEntries(Object.entries(window).map(([key, value]) => [key, valueOf(value)]).filter(([, value]) => value !== undefined)) as WindowConfig,
  }
}
