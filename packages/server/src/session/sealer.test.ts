import { beforeAll, expect, it } from 'vitest'
import { reveal, secret } from '../secret.js'
import { cipherReady } from './cipher.js'
import { generateKeyRing, parseKeyRing } from './keys.js'
import { createSealer } from './sealer.js'

beforeAll(cipherReady)
const ring = parseKeyRing(generateKeyRing())

it('opens what it sealed, in the row it was sealed for', () => {
  const sealer = createSealer(ring)
  const opened = sealer.open(sealer.seal(secret('tiihtNczf5v6AKRyjwEUhQ=='), 'session_keys a b'), 'session_keys a b')
  expect(opened && reveal(opened)).toBe('tiihtNczf5v6AKRyjwEUhQ==')
})

it('T20: opens nothing that was moved to another row, altered, cut, or sealed under a foreign key', () => {
  const sealer = createSealer(ring)
  const sealed = sealer.seal(secret('value'), 'session_keys a b')
  const altered = sealed.slice(0, 50) + (sealed[50] === 'A' ? 'B' : 'A') + sealed.slice(51)
  expect(sealer.open(sealed, 'session_keys a c')).toBeNull()
  expect(sealer.open(altered, 'session_keys a b')).toBeNull()
  expect(sealer.open(sealed.slice(0, 20), 'session_keys a b')).toBeNull()
  expect(sealer.open('', 'session_keys a b')).toBeNull()
  expect(createSealer(parseKeyRing(generateKeyRing())).open(sealed, 'session_keys a b')).toBeNull()
})
