import { NONCE_BYTES, TAG_BYTES, decrypt, encrypt } from './cipher.js'
import { idBytes, keyAt } from './ids.js'
import type { Key64 } from './ids.js'
import type { KeyRing } from './keys.js'
import { randomBytes } from './random.js'

/** What a token says. All times in ms since the epoch. */
export interface Claims {
  readonly uid: string
  readonly sessionId: string
  /** The 64 bits that name the app, see `appKey`. */
  readonly app: Key64
  readonly issuedAt: number
  readonly expiresAt: number
  /** The user's epoch at login: a token of an older epoch is dead. */
  readonly epoch: number
}

/** The claims of a token that opened, with the keys under which the revocation index knows its ids. */
export interface OpenedClaims extends Claims {
  /** The key that sealed it, as a number. */
  readonly kid: number
  readonly uidKey: Key64
  readonly sessionKey: Key64
}

/**
 * `txs_` and 136 base64url characters = 102 bytes: version 1 | key id 4 | nonce 24 | sealed claims 57 | tag 16.
 * 102 is a multiple of three, so that no second spelling of the same token exists (base64 has no spare bits here).
 */
const TOKEN = /^txs_[A-Za-z0-9_-]{136}$/
const PREFIX = 'txs_'
const PREFIX_BYTES = 3
const VERSION = 1
const HEADER_BYTES = 5
const CLAIMS_BYTES = 57
const TOKEN_BYTES = HEADER_BYTES + NONCE_BYTES + CLAIMS_BYTES + TAG_BYTES

/** Makes and reads tokens. */
export interface TokenSeal {
  seal(claims: Claims): string
  /** null for everything that this ring did not seal: unknown, altered and foreign tokens are one answer. */
  open(token: string): OpenedClaims | null
}

/** True when the text has the shape of a token; says nothing about its seal. */
export function looksLikeToken(text: string): boolean {
  return TOKEN.test(text)
}

export function createTokenSeal(ring: KeyRing): TokenSeal {
  const byKid = new Map(ring.keys.map((key) => [Number.parseInt(key.kid, 16), key.tokenKey]))
  const header = Buffer.concat([Buffer.of(VERSION), Buffer.from(ring.current.kid, 'hex')])

  // One buffer for all tokens: opening is synchronous, and allocating it anew would cost as much as the cipher.
  const decoded = Buffer.alloc(PREFIX_BYTES + TOKEN_BYTES)
  const context = decoded.subarray(PREFIX_BYTES, PREFIX_BYTES + HEADER_BYTES)
  const nonce = decoded.subarray(PREFIX_BYTES + HEADER_BYTES, PREFIX_BYTES + HEADER_BYTES + NONCE_BYTES)
  const sealed = decoded.subarray(PREFIX_BYTES + HEADER_BYTES + NONCE_BYTES)
  const plain = Buffer.alloc(CLAIMS_BYTES)

  return {
    seal(claims) {
      const token = Buffer.allocUnsafe(TOKEN_BYTES)
      header.copy(token)
      const fresh = randomBytes(NONCE_BYTES)
      token.set(fresh, HEADER_BYTES)
      token.set(encrypt(writeClaims(claims), header, fresh, ring.current.tokenKey), HEADER_BYTES + NONCE_BYTES)
      return PREFIX + token.toString('base64url')
    },
    open(text) {
      if (!TOKEN.test(text)) return null
      decoded.write(text, 'base64url') // the prefix is four base64url characters itself: three bytes in front
      const kid = decoded.readUInt32BE(PREFIX_BYTES + 1)
      const key = byKid.get(kid)
      if (decoded[PREFIX_BYTES] !== VERSION || key === undefined) return null
      const opened = decrypt(sealed, context, nonce, key)
      if (!opened) return null
      plain.set(opened)
      return readClaims(plain, kid)
    },
  }
}

// Fixed binary: uid 16, session id 16, app 8, issued 6, expires 6, epoch 4, one byte of room for flags. Parsing JSON would cost half as much as the cipher.
function writeClaims(claims: Claims): Buffer {
  const bytes = Buffer.alloc(CLAIMS_BYTES)
  bytes.set(idBytes(claims.uid), 0)
  bytes.set(idBytes(claims.sessionId), 16)
  bytes.writeUInt32BE(claims.app.high, 32)
  bytes.writeUInt32BE(claims.app.low, 36)
  bytes.writeUIntBE(claims.issuedAt, 40, 6)
  bytes.writeUIntBE(claims.expiresAt, 46, 6)
  bytes.writeUInt32BE(claims.epoch, 52)
  return bytes
}

function readClaims(bytes: Buffer, kid: number): OpenedClaims {
  return {
    kid,
    uid: `u_${bytes.toString('base64url', 0, 16)}`,
    sessionId: `s_${bytes.toString('base64url', 16, 32)}`,
    uidKey: keyAt(bytes, 0),
    sessionKey: keyAt(bytes, 16),
    app: keyAt(bytes, 32),
    issuedAt: bytes.readUIntBE(40, 6),
    expiresAt: bytes.readUIntBE(46, 6),
    epoch: bytes.readUInt32BE(52),
  }
}
