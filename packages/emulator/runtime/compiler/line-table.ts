const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** For each line of generated code, the 1-based line of the source that its first mapping names (0: none). */
export function lineTable(sourceMap: string): number[] {
  const { mappings } = JSON.parse(sourceMap) as { mappings: string }
  let sourceLine = 0
  return mappings.split(';').map((line) => {
    let first = 0
    for (const segment of line.split(',')) {
      const delta = decodeNumbers(segment)[2]
      if (delta === undefined) continue
      sourceLine += delta
      if (first === 0) first = sourceLine + 1
    }
    return first
  })
}

/** Base64 VLQ, as in every source map. */
function decodeNumbers(segment: string): number[] {
  const numbers: number[] = []
  let value = 0
  let shift = 0
  for (const character of segment) {
    const digit = DIGITS.indexOf(character)
    value += (digit & 31) << shift
    shift += 5
    if (digit & 32) continue
    numbers.push(value & 1 ? -(value >> 1) : value >> 1)
    value = 0
    shift = 0
  }
  return numbers
}
