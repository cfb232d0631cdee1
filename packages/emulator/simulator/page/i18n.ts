import { messages } from './messages.js'
import type { MessageKey } from './messages.js'
import { preferences } from './preferences.js'

/** A text of the page in the chosen language; `{name}` is replaced. */
export function t(key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
  const text: string = messages[key][preferences.language === 'zh' ? 0 : 1]
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}
