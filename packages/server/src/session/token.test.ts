import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import fc from 'fast-check'
import sodium from 'libsodium-wrappers'
import { beforeAll, expect, it } from 'vitest'
import { cipherReady } from './cipher.js'
import { appKey, idBytes, newSessionId, newUid } from './ids.js'
import { generateKeyRing, parseKeyRing } from './keys.js'
import { createTokenSeal, looksLikeToken } from './token.js'
import type { Claims } from './token.js'

beforeAll(cipherReady)

/** LONG_TESTS=1 makes as many as a large service in a year. */
const TOKENS = process.env.LONG_TESTS ? 10_000_000 : 20_000

const claims: Claims = {
  uid: newUid(), sessionId: newSessionId(), app: appKey('wxemu0123456789abc'),
  issuedAt: 1_795_000_000_123, expiresAt: 1_795_600_000_456, epoch: 4_000_000_000,
}

const ring = parseKeyRing(generateKeyRing())

it('opens what it sealed, with every claim as it was', () => {
  const seal = createTokenSeal(ring)
  expect(seal.open(seal.seal(claims))).toMatchObject(claims)
})

it('SEC-TOK-NONCE: seals the same claims differently each time', () => {
  const seal = createTokenSeal(ring)
  expect(new Set(Array.from({ length: 1000 }, () => seal.seal(claims))).size).toBe(1000)
})

it(`T11: of ${TOKENS} tokens of the same claims no two begin alike behind their key id, and their bytes are spread evenly`, () => {
  const seal = createTokenSeal(ring)
  const counts = new Float64Array(256)
  const starts = new Set<string>()
  for (let i = 0; i < TOKENS; i++) {
    const bytes = Buffer.from(seal.seal(claims).slice(4), 'base64url').subarray(5)
    starts.add(bytes.toString('latin1', 0, 8))
    for (const byte of bytes) counts[byte]!++
  }
  expect(starts.size).toBe(TOKENS)
  const expected = counts.reduce((sum, count) => sum + count, 0) / 256
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  // 255 degrees of freedom: mean 255, deviation 22.6; ten deviations off chance never gets.
  expect(Math.abs(chiSquare - 255)).toBeLessThan(226)
}, 600_000)

it('makes tokens that an independent implementation of XChaCha20-Poly1305 opens', () => {
  const bytes = Buffer.from(createTokenSeal(ring).seal(claims).slice(4), 'base64url')
  const cipher = xchacha20poly1305(ring.current.tokenKey, bytes.subarray(5, 29), bytes.subarray(0, 5))
  const opened = Buffer.from(cipher.decrypt(bytes.subarray(29)))
  expect(opened.subarray(0, 16).equals(idBytes(claims.uid))).toBe(true)
  expect(opened.readUIntBE(40, 6)).toBe(claims.issuedAt)
  expect(opened.readUInt32BE(52)).toBe(claims.epoch)
})

it('opens its tokens also when libsodium’s memory has grown, and lies elsewhere', () => {
  const seal = createTokenSeal(ring)
  const token = seal.seal(claims)
  const { libsodium: native } = sodium as unknown as { libsodium: { HEAPU8: Uint8Array, _malloc(bytes: number): number, _free(address: number): void } }
  const { buffer } = native.HEAPU8
  native._free(native._malloc(native.HEAPU8.length))
  expect(native.HEAPU8.buffer).not.toBe(buffer)
  expect(seal.open(token)).toMatchObject(claims)
})

it('opens tokens of every key of the ring, and seals with the first: a rotation logs nobody out', () => {
  const old = createTokenSeal(ring).seal(claims)
  const rotated = createTokenSeal(parseKeyRing(`${generateKeyRing()}`))
  expect(rotated.open(old)).toBeNull()
  const fresh = generateKeyRing()
  const both = createTokenSeal({ current: parseKeyRing(fresh).current, keys: [parseKeyRing(fresh).current, ring.current] })
  expect(both.open(old)).not.toBeNull()
  expect(createTokenSeal(parseKeyRing(fresh)).open(both.seal(claims))).not.toBeNull()
})

it('T15, SEC-TOK-TAG: opens no token of which a single character was changed, dropped, added or swapped', () => {
  const seal = createTokenSeal(ring)
  const token = seal.seal(claims)
  const alphabet = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\0é')
  const position = fc.integer({ min: 0, max: token.length - 1 })
  const mutation = fc.oneof(
    fc.tuple(position, alphabet).map(([at, char]) => token.slice(0, at) + char + token.slice(at + 1)),
    fc.tuple(position, alphabet).map(([at, char]) => token.slice(0, at) + char + token.slice(at)),
    position.map((at) => token.slice(0, at)),
    fc.tuple(position, position).map(([a, b]) => token.slice(0, a) + token.slice(b)),
    fc.string({ maxLength: 300 }),
  )
  fc.assert(fc.property(mutation, (mutated) => {
    if (mutated !== token) expect(seal.open(mutated)).toBeNull()
  }), { numRuns: 20_000 })
})

it('SEC-TOK-KID: opens nothing under a key id that is not of the ring, nor under the id of a key that did not seal it', () => {
  const [one, other] = [parseKeyRing(generateKeyRing()).current, parseKeyRing(generateKeyRing()).current]
  const seal = createTokenSeal({ current: one, keys: [one, other] })
  const under = (token: string, kid: string): string => {
    const bytes = Buffer.from(token.slice(4), 'base64url')
    bytes.write(kid, 1, 'hex')
    return `txs_${bytes.toString('base64url')}`
  }
  const [mine, foreign] = [seal.seal(claims), createTokenSeal(ring).seal(claims)]
  expect(seal.open(under(mine, one.kid))).toMatchObject(claims)
  expect(seal.open(foreign)).toBeNull()
  // "../." and "' OR" among them: a key id is looked up, it names no file and is no part of a query.
  for (const kid of [other.kid, ring.current.kid, '00000000', 'ffffffff', '2e2e2f2e', '27204f52']) expect([seal.open(under(mine, kid)), seal.open(under(foreign, kid))]).toEqual([null, null])
  expect(seal.open(under(foreign, one.kid))).toBeNull()

  // Each of the two guards alone: the id is sealed with the claims, and an id that is not of the ring finds no key, not even the right one.
  const renamed = { ...one, kid: 'fedcba98' }
  expect(createTokenSeal({ current: one, keys: [one, renamed] }).open(under(mine, renamed.kid))).toBeNull()
  expect(seal.open(createTokenSeal({ current: renamed, keys: [renamed] }).seal(claims))).toBeNull()
})

it('T16, SEC-TOK-B64: has one spelling: no other text of the same bytes opens', () => {
  const seal = createTokenSeal(ring)
  const token = seal.seal(claims)
  const spellings = [`${token}=`, `${token}\n`, ` ${token}`, token.replaceAll('-', '+').replaceAll('_', '/'), token.toUpperCase(), `${token.slice(0, 9)}\u200b${token.slice(9)}`]
  for (const spelling of spellings) if (spelling !== token) expect(seal.open(spelling)).toBeNull()
  expect(looksLikeToken(token)).toBe(true)
})
