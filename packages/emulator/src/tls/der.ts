/** One element of ASN.1 in its DER form: tag, length, content. */
export function element(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  const short = bytes.subarray(bytes.findIndex((byte) => byte !== 0))
  return Buffer.concat([Buffer.from([0x80 | short.length]), short])
}

export const sequence = (...items: readonly Buffer[]): Buffer => element(0x30, ...items)
export const set = (...items: readonly Buffer[]): Buffer => element(0x31, ...items)
export const boolean = (value: boolean): Buffer => element(0x01, Buffer.from([value ? 0xff : 0]))
export const octets = (...content: readonly Buffer[]): Buffer => element(0x04, ...content)
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text))

/** A whole number of 0 or more, as its bytes. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  const short = first === -1 ? Buffer.from([0]) : bytes.subarray(first)
  // A set highest bit would make it negative.
  return element(0x02, ...(short[0] ?? 0) >= 0x80 ? [Buffer.from([0]), short] : [short])
}

/** `unused`: how many of the last bits do not count. */
export const bits = (content: Buffer, unused = 0): Buffer => element(0x03, Buffer.from([unused]), content)

/** An object identifier such as `2.5.4.3`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

/** Of X.509: two digits of the year until 2049, four from then on. `ms` since the epoch. */
export function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().replace(/\D/g, '').slice(0, 14)}Z`
  return new Date(ms).getUTCFullYear() < 2050 ? element(0x17, Buffer.from(digits.slice(2))) : element(0x18, Buffer.from(digits))
}

/** A member told by its number. `primitive`: content without elements of its own. */
export const tagged = (number: number, content: readonly Buffer[], primitive = false): Buffer => element((primitive ? 0x80 : 0xa0) | number, ...content)
