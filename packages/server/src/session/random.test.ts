import { expect, it } from 'vitest'
import { randomBytes } from './random.js'

it('hands out as many bytes as were asked for, none of them twice, across any number of refills', () => {
  const drawn = Array.from({ length: 5000 }, (_, n) => randomBytes(16 + n % 17))
  expect(drawn.every((bytes, n) => bytes.length === 16 + n % 17)).toBe(true)
  expect(new Set(drawn.map((bytes) => bytes.toString('hex', 0, 16))).size).toBe(5000)
})

it('gives bytes that are the caller’s alone: writing over them changes no later ones', () => {
  const first = randomBytes(16)
  const copy = Buffer.from(first)
  randomBytes(16).fill(0)
  expect(first.equals(copy)).toBe(true)
  expect(randomBytes(16).equals(Buffer.alloc(16))).toBe(false)
})
