// For the token, which every request carries: Node's own functions cross into C++, and its decoder lets foreign characters pass, so that they had to be looked for first.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const FOREIGN = -1
const VALUES = new Int8Array(128).fill(FOREIGN)
const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0))
CODES.forEach((code, value) => { VALUES[code] = value })

/**
 * Writes the bytes that `text` stands for from character `from` on (base64url, RFC 4648 §5, no padding; whole groups of four characters) to `bytes` at `at`.
 * False when a character is none of the alphabet; what was written is worth nothing then.
 */
export function decodeBase64url(text: string, from: number, bytes: Uint8Array, at: number): boolean {
  // Negative for good as soon as one character is foreign: the sign bit of FOREIGN stays.
  let signs = 0
  for (let i = from; i < text.length; i += 4) {
    const a = valueAt(text, i)
    const b = valueAt(text, i + 1)
    const c = valueAt(text, i + 2)
    const d = valueAt(text, i + 3)
    signs |= a | b | c | d
    bytes[at++] = a << 2 | b >> 4
    bytes[at++] = b << 4 | c >> 2
    bytes[at++] = c << 6 | d
  }
  return signs >= 0
}

function valueAt(text: string, i: number): number {
  const code = text.charCodeAt(i)
  return code < VALUES.length ? VALUES[code]! : FOREIGN
}

/** The sixteen bytes from `at` on as 22 characters, behind a prefix of two. */
export function encodeId(prefix: string, bytes: Uint8Array, at: number): string {
  const a = threeAt(bytes, at)
  const b = threeAt(bytes, at + 3)
  const c = threeAt(bytes, at + 6)
  const d = threeAt(bytes, at + 9)
  const e = threeAt(bytes, at + 12)
  const last = bytes[at + 15]!
  return String.fromCharCode(
    prefix.charCodeAt(0), prefix.charCodeAt(1),
    codeOf(a >> 18), codeOf(a >> 12), codeOf(a >> 6), codeOf(a),
    codeOf(b >> 18), codeOf(b >> 12), codeOf(b >> 6), codeOf(b),
    codeOf(c >> 18), codeOf(c >> 12), codeOf(c >> 6), codeOf(c),
    codeOf(d >> 18), codeOf(d >> 12), codeOf(d >> 6), codeOf(d),
    codeOf(e >> 18), codeOf(e >> 12), codeOf(e >> 6), codeOf(e),
    codeOf(last >> 2), codeOf(last << 4),
  )
}

const threeAt = (bytes: Uint8Array, at: number): number => bytes[at]! << 16 | bytes[at + 1]! << 8 | bytes[at + 2]!
const codeOf = (bits: number): number => CODES[bits & 63]!
