/** What stands in for `{name}` in a template. */
export type Values = Readonly<Record<string, unknown>>

const PLACEHOLDER = /\{(\w+)\}/g

/** Names of all placeholders in a template, at any depth. */
export function placeholdersOf(template: unknown): string[] {
  if (typeof template === 'string') return [...template.matchAll(PLACEHOLDER)].map(([, name]) => name ?? '')
  return isTree(template) ? Object.values(template).flatMap(placeholdersOf) : []
}

/** Fills a template at any depth. A text that is nothing but one placeholder becomes the value itself, whatever its type. */
export function fill(template: unknown, values: Values): unknown {
  if (typeof template === 'string') return fillText(template, values)
  if (Array.isArray(template)) return template.map((item) => fill(item, values))
  if (!isTree(template)) return template
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value, values)]))
}

function fillText(template: string, values: Values): unknown {
  const whole = /^\{(\w+)\}$/.exec(template)?.[1]
  if (whole !== undefined && whole in values) return values[whole]
  return template.replace(PLACEHOLDER, (text, name: string) => name in values ? asText(values[name]) : text)
}

/** Fills the path of a URL: values are percent-encoded, lone surrogates replaced. */
export function fillPath(template: string, values: Values): string {
  return template.replace(PLACEHOLDER, (text, name: string) => name in values ? encodeURIComponent(Buffer.from(asText(values[name])).toString()) : text)
}

/** A value as a text: JSON unless it is one already. */
export function asText(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What a JSON pointer (RFC 6901) names in a value; undefined when nothing is there. */
export function valueAt(value: unknown, pointer: string): unknown {
  if (pointer === '') return value
  return pointer.slice(1).split('/').reduce<unknown>((inner, step) => {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    return isTree(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined
  }, value)
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
