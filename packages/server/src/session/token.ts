import { decodeBase64url, encodeId } from './base64url.js'
import { NONCE_BYTES, TAG_BYTES, createOpener, encrypt } from './cipher.js'
import { idBytes, keyAt, uint32At } from './ids.js'
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
const TOKEN_CHARACTERS = 140
const PREFIX = 'txs_'
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
  const opener = createOpener(HEADER_BYTES, CLAIMS_BYTES)
  const byKid = new Map(ring.keys.map((key) => [Number.parseInt(key.kid, 16), opener.keep(key.tokenKey)]))
  const header = Buffer.concat([Buffer.of(VERSION), Buffer.from(ring.current.kid, 'hex')])

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
      const { message } = opener
      const memory = opener.memory()
      if (text.length !== TOKEN_CHARACTERS || !text.startsWith(PREFIX) || !decodeBase64url(text, PREFIX.length, memory, message)) return null
      const kid = uint32At(memory, message + 1)
      const key = byKid.get(kid)
      if (memory[message] !== VERSION || key === undefined || !opener.open(key)) return null
      return readClaims(memory, opener.plain, kid)
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

function readClaims(bytes: Uint8Array, at: number, kid: number): OpenedClaims {
  return {
    kid,
    uid: encodeId('u_', bytes, at),
    sessionId: encodeId('s_', bytes, at + 16),
    uidKey: keyAt(bytes, at),
    sessionKey: keyAt(bytes, at + 16),
    app: keyAt(bytes, at + 32),
    issuedAt: uint48At(bytes, at + 40),
    expiresAt: uint48At(bytes, at + 46),
    epoch: uint32At(bytes, at + 52),
  }
}

const uint48At = (bytes: Uint8Array, at: number): number => uint32At(bytes, at) * 0x1_0000 + (bytes[at + 4]! << 8 | bytes[at + 5]!)
