/** The members of a message as WeChat's XML: texts as CDATA, numbers bare, a list as one element each. */
export function writeXml(members: Readonly<Record<string, unknown>>): string {
  return `<xml>${writeMembers(members)}</xml>`
}

function writeMembers(members: Readonly<Record<string, unknown>>): string {
  return Object.entries(members).map(([name, value]) => [value].flat().map((item) => `<${name}>${writeValue(item)}</${name}>`).join('')).join('')
}

function writeValue(value: unknown): string {
  if (typeof value === 'object' && value !== null) return writeMembers(value as Readonly<Record<string, unknown>>)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  // The end mark of CDATA cannot stand inside it, so it is split over two.
  return `<![CDATA[${String(value).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
}

/** The text of one element of a flat XML message, with or without CDATA; undefined when there is none. */
export function readXml(xml: string, name: string): string | undefined {
  const [, cdata, bare] = new RegExp(`<${name}>(?:<!\\[CDATA\\[([^]*?)\\]\\]>|([^<]*))</${name}>`).exec(xml) ?? []
  return cdata ?? bare
}
