import { reactive, watchEffect } from 'vue'

/** What somebody chose for this page, kept in the browser. */
export interface Preferences {
  language: 'zh' | 'en'
  theme: 'light' | 'dark'
}

const KEY = 'tongxing.simulator'

function read(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>
  } catch {
    return {}
  }
}

const dark = matchMedia('(prefers-color-scheme: dark)')
const chosen = reactive<Partial<Preferences>>(read())

/** Until somebody chooses, browser and system decide. */
export const preferences: Preferences = reactive({
  language: chosen.language ?? (navigator.language.startsWith('zh') ? 'zh' : 'en'),
  theme: chosen.theme ?? (dark.matches ? 'dark' : 'light'),
})

dark.addEventListener('change', () => { if (chosen.theme === undefined) preferences.theme = dark.matches ? 'dark' : 'light' })

watchEffect(() => {
  const root = document.documentElement
  root.lang = preferences.language === 'zh' ? 'zh-CN' : 'en'
  root.dataset.theme = preferences.theme
  root.setAttribute('theme-mode', preferences.theme)
})

/** Chooses, and remembers it. */
export function prefer(changes: Partial<Preferences>): void {
  Object.assign(chosen, changes)
  Object.assign(preferences, changes)
  localStorage.setItem(KEY, JSON.stringify(chosen))
}
