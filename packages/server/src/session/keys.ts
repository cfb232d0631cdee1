import { hkdfSync, randomBytes } from 'node:crypto'
import { ConfigError } from '../errors.js'

/** One sealing key and the keys derived from it, one a purpose, so that a token can never open as a stored secret. */
export interface RingKey {
  /** 8 hex digits; stands in every token sealed with this key. */
  readonly kid: string
  readonly tokenKey: Uint8Array
  readonly storageKey: Uint8Array
  readonly pseudonymKey: Uint8Array
}

/** The sealing keys, newest first: the first seals, all of them open. */
export interface KeyRing {
  readonly current: RingKey
  readonly keys: readonly RingKey[]
}

const KID = /^[0-9a-f]{8}$/
const KEY = /^[A-Za-z0-9_-]{43}$/

/**
 * Reads a ring from its text form, `kid:key,kid:key`, newest first: `kid` is 8 hex digits, `key` 32 bytes as base64url.
 * Adding a key in front rotates; removing one retires it: its tokens end, and their phones log in again silently.
 * Throws {@link ConfigError} naming every mistake; never the key itself.
 */
export function parseKeyRing(text: string): KeyRing {
  const problems: string[] = []
  const keys: RingKey[] = []
  const seen = new Set<string>()
  for (const [i, part] of text.split(',').entries()) {
    const [kid = '', key = '', ...rest] = part.trim().split(':')
    if (!KID.test(kid) || rest.length > 0) problems.push(`sealing key ${i + 1} must look like "kid:key" with a kid of 8 hex digits`)
    else if (!KEY.test(key)) problems.push(`sealing key ${kid} must be 32 bytes as base64url (43 characters)`)
    else if (seen.has(kid) || seen.has(key)) problems.push(`sealing key ${kid} stands twice`)
    else if (isGuessable(key)) problems.push(`sealing key ${kid} is not random; make one with: openssl rand 32 | basenc --base64url`)
    else keys.push(deriveKey(kid, key))
    seen.add(kid).add(key)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { current: keys[0]!, keys }
}

// Refuses "AAAA…" and other samples that people paste: 32 random bytes have fewer than 10 distinct values about never.
function isGuessable(key: string): boolean {
  return new Set(Buffer.from(key, 'base64url')).size < 10
}

function deriveKey(kid: string, key: string): RingKey {
  const master = Buffer.from(key, 'base64url')
  const derive = (purpose: string): Uint8Array => new Uint8Array(hkdfSync('sha256', master, kid, `tongxing ${purpose} v1`, 32))
  return { kid, tokenKey: derive('token'), storageKey: derive('storage'), pseudonymKey: derive('pseudonym') }
}

/**
 * A new ring in its text form, with one fresh key.
 *
 * ```ts
 * const keys = generateKeyRing() // for TONGXING_KEYS, or createAuth({ keys })
 * ```
 */
export function generateKeyRing(): string {
  return `${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64url')}`
}
