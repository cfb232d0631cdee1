import { reveal, secret } from '../secret.js'
import type { Sealer } from '../secret.js'
import { NONCE_BYTES, TAG_BYTES, decrypt, encrypt } from './cipher.js'
import type { KeyRing } from './keys.js'
import { randomBytes } from './random.js'

const VERSION = 1
const HEADER_BYTES = 5

/**
 * Seals secrets for the database: version, key id, nonce, ciphertext, as base64url.
 * Version, key id and `context` are authenticated, so that a value copied to another row or table does not open.
 */
export function createSealer(ring: KeyRing): Sealer {
  const byKid = new Map(ring.keys.map((key) => [key.kid, key]))
  const current = Buffer.from(ring.current.kid, 'hex')
  return {
    isCurrent: (text) => Buffer.from(text, 'base64url').subarray(1, HEADER_BYTES).equals(current),
    seal(value, context) {
      const header = Buffer.concat([Buffer.of(VERSION), current])
      const nonce = randomBytes(NONCE_BYTES)
      const sealed = encrypt(Buffer.from(reveal(value)), contextOf(header, context), nonce, ring.current.storageKey)
      return Buffer.concat([header, nonce, sealed]).toString('base64url')
    },
    open(text, context) {
      const bytes = Buffer.from(text, 'base64url')
      if (bytes.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES || bytes[0] !== VERSION) return null
      const header = bytes.subarray(0, HEADER_BYTES)
      const key = byKid.get(header.subarray(1).toString('hex'))
      if (!key) return null
      const nonce = bytes.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES)
      const opened = decrypt(bytes.subarray(HEADER_BYTES + NONCE_BYTES), contextOf(header, context), nonce, key.storageKey)
      return opened && secret(Buffer.from(opened).toString())
    },
  }
}

function contextOf(header: Uint8Array, context: string): Buffer {
  return Buffer.concat([header, Buffer.from(context)])
}
