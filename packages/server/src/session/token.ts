import { randomFillSync } from 'node:crypto'
import { NONCE_BYTES, TAG_BYTES, decrypt, encrypt } from './cipher.js'
import type { KeyRing } from './keys.js'

/**
 * What a token says. Fixed binary inside, 57 bytes: parsing JSON would cost half as much as opening the seal.
 * All times in ms since the epoch.
 */
export interface Claims {
  /** 16 bytes. */
  readonly uid: Uint8Array
  /** 16 bytes. */
  readonly sessionId: Uint8Array
  /** 8 bytes naming the app, see `appTag`. */
  readonly app: Uint8Array
  readonly issuedAt: number
  readonly expiresAt: number
  /** The user's epoch at login: a token of an older epoch is dead. */
  readonly epoch: number
}

/**
 * `txs_` and 136 base64url characters = 102 bytes: version 1 | key id 4 | nonce 24 | sealed claims 57 | tag 16.
 * 102 is a multiple of three, so that no second spelling of the same token exists (base64 has no spare bits here).
 */
const TOKEN = /^txs_[A-Za-z0-9_-]{136}$/
const PREFIX = 'txs_'
const VERSION = 1
const HEADER_BYTES = 5
const CLAIMS_BYTES = 57
const TOKEN_BYTES = HEADER_BYTES + NONCE_BYTES + CLAIMS_BYTES + TAG_BYTES

/** Makes and reads tokens. */
export interface TokenSeal {
  seal(claims: Claims): string
  /** null for everything that this ring did not seal: unknown, altered and foreign tokens are one answer. */
  open(token: string): Claims | null
}

/** True when the text has the shape of a token; says nothing about its seal. */
export function looksLikeToken(text: string): boolean {
  return TOKEN.test(text)
}

export function createTokenSeal(ring: KeyRing): TokenSeal {
  const byKid = new Map(ring.keys.map((key) => [Number.parseInt(key.kid, 16), key.tokenKey]))
  const header = Buffer.concat([Buffer.of(VERSION), Buffer.from(ring.current.kid, 'hex')])

  return {
    seal(claims) {
      const token = Buffer.allocUnsafe(TOKEN_BYTES)
      header.copy(token)
      const nonce = randomFillSync(token.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES))
      token.set(encrypt(writeClaims(claims), header, nonce, ring.current.tokenKey), HEADER_BYTES + NONCE_BYTES)
      return PREFIX + token.toString('base64url')
    },
    open(text) {
      if (!TOKEN.test(text)) return null
      const token = Buffer.from(text.slice(PREFIX.length), 'base64url')
      const key = byKid.get(token.readUInt32BE(1))
      if (token[0] !== VERSION || key === undefined) return null
      const nonce = token.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES)
      const claims = decrypt(token.subarray(HEADER_BYTES + NONCE_BYTES), token.subarray(0, HEADER_BYTES), nonce, key)
      return claims && readClaims(claims)
    },
  }
}

function writeClaims(claims: Claims): Buffer {
  const bytes = Buffer.alloc(CLAIMS_BYTES)
  bytes.set(claims.uid, 0)
  bytes.set(claims.sessionId, 16)
  bytes.set(claims.app, 32)
  bytes.writeUIntBE(claims.issuedAt, 40, 6)
  bytes.writeUIntBE(claims.expiresAt, 46, 6)
  bytes.writeUInt32BE(claims.epoch, 52)
  return bytes // byte 56 is zero: room for flags
}

function readClaims(plain: Uint8Array): Claims {
  const bytes = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength)
  return {
    uid: bytes.subarray(0, 16),
    sessionId: bytes.subarray(16, 32),
    app: bytes.subarray(32, 40),
    issuedAt: bytes.readUIntBE(40, 6),
    expiresAt: bytes.readUIntBE(46, 6),
    epoch: bytes.readUInt32BE(52),
  }
}
