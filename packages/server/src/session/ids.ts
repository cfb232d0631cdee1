import { createHash } from 'node:crypto'
import { randomBytes } from './random.js'

const ID = /^[us]_[A-Za-z0-9_-]{22}$/

/** A new user id: `u_` and 128 random bits. */
export function newUid(): string {
  return `u_${randomBytes(16).toString('base64url')}`
}

/** A new session id: `s_` and 128 random bits. Public: it opens nothing. */
export function newSessionId(): string {
  return `s_${randomBytes(16).toString('base64url')}`
}

/** The 16 bytes of an id. Throws TypeError on anything that is not one of ours. */
export function idBytes(id: string): Buffer {
  if (!ID.test(id)) throw new TypeError('not an id of ours')
  return Buffer.from(id.slice(2), 'base64url')
}

/** The first 64 bits of an id or hash, as two unsigned 32-bit numbers: the key of packed tables. */
export interface Key64 {
  readonly high: number
  readonly low: number
}

/** The 64 bits that start at an offset. */
export function keyAt(bytes: Uint8Array, offset: number): Key64 {
  return { high: uint32At(bytes, offset), low: uint32At(bytes, offset + 4) }
}

/** The unsigned big-endian number of four bytes. */
export function uint32At(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! << 24 | bytes[offset + 1]! << 16 | bytes[offset + 2]! << 8 | bytes[offset + 3]!) >>> 0
}

/** The 64 bits that stand for an AppID in a token. */
export function appKey(appid: string): Key64 {
  return keyAt(createHash('sha256').update(appid).digest(), 0)
}
