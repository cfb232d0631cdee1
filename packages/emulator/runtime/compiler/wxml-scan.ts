// A reader of start tags with positions. The template compiler gives no syntax tree, and what we must refuse
// (unknown tags, attributes, events) it accepts.

export interface ScannedAttribute {
  readonly name: string
  readonly value: string | undefined
  readonly line: number
  readonly column: number
}

export interface ScannedTag {
  readonly name: string
  readonly attributes: readonly ScannedAttribute[]
  readonly line: number
  readonly column: number
}

const TAG_START = /<([a-zA-Z][\w.:-]*)/y
const ATTRIBUTE = /\s*([^\s"'<>/=]+)(?:\s*=\s*("(?:[^"]*)"|'(?:[^']*)'|[^\s"'<>]+))?/y

export function scanWxml(source: string): ScannedTag[] {
  const at = createPositions(source)
  const tags: ScannedTag[] = []
  let offset = 0
  while (offset < source.length) {
    const next = source.indexOf('<', offset)
    if (next < 0) break
    if (source.startsWith('<!--', next)) {
      const end = source.indexOf('-->', next + 4)
      offset = end < 0 ? source.length : end + 3
      continue
    }
    TAG_START.lastIndex = next
    const name = TAG_START.exec(source)?.[1]
    if (name === undefined) {
      offset = next + 1
      continue
    }
    const { attributes, end } = scanAttributes(source, TAG_START.lastIndex, at)
    tags.push({ name, attributes, ...at(next) })
    offset = name === 'wxs' && source[end - 2] !== '/' ? closeOf('</wxs>', source, end) : end
  }
  return tags
}

const closeOf = (closing: string, source: string, from: number): number => {
  const end = source.indexOf(closing, from)
  return end < 0 ? source.length : end + closing.length
}

function scanAttributes(source: string, from: number, at: Positions): { attributes: ScannedAttribute[], end: number } {
  const attributes: ScannedAttribute[] = []
  let offset = from
  for (;;) {
    ATTRIBUTE.lastIndex = offset
    const found = ATTRIBUTE.exec(source)
    if (found?.[1] === undefined) break
    const start = found.index + found[0].indexOf(found[1])
    const value = found[2]
    attributes.push({ name: found[1], value: value === undefined ? undefined : value.replace(/^(["'])([\s\S]*)\1$/, '$2'), ...at(start) })
    offset = ATTRIBUTE.lastIndex
  }
  return { attributes, end: closeOf('>', source, offset) }
}

type Positions = (offset: number) => { line: number, column: number }

function createPositions(source: string): Positions {
  const starts = [0]
  for (let index = source.indexOf('\n'); index >= 0; index = source.indexOf('\n', index + 1)) starts.push(index + 1)
  return (offset) => {
    let line = 0
    while (line + 1 < starts.length && (starts[line + 1] ?? 0) <= offset) line++
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 }
  }
}
