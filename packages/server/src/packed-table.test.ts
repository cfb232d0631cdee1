import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPackedTable } from './packed-table.js'

const word = fc.integer({ min: 0, max: 0xffffffff })
const few = fc.integer({ min: 0, max: 3 })

it('answers like a Map, whatever is set, also when keys collide', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.oneof(word, few), fc.oneof(word, few), word), { maxLength: 400 }), (entries) => {
    const table = createPackedTable(() => 0)
    const map = new Map<string, number>()
    for (const [high, low, value] of entries) {
      table.set(high, low, { value, tag: 1 }, 1000)
      map.set(`${high} ${high === 0 && low === 0 ? 1 : low}`, value)
    }
    for (const [high, low] of entries) {
      expect(table.get(high, low)?.value).toBe(map.get(`${high} ${high === 0 && low === 0 ? 1 : low}`))
    }
    expect(table.size).toBe(map.size)
  }))
})

it('SEC-BA-3819: keeps every live entry and drops the ended ones as it grows', () => {
  let now = 0
  const table = createPackedTable(() => now)
  for (let i = 1; i <= 5000; i++) table.set(i, i * 2654435761 >>> 0, { value: i, tag: 0 }, 1000)
  now = 86_402_000
  for (let i = 5001; i <= 20_000; i++) table.set(i, i * 2654435761 >>> 0, { value: i, tag: 0 }, 86_403_000)
  for (let i = 5001; i <= 20_000; i++) expect(table.get(i, i * 2654435761 >>> 0)).toEqual({ value: i, tag: 0 })
  expect(table.get(1, 2654435761)).toBeNull()
  expect(table.size).toBe(15_000)
})

it('finds nothing that was not set', () => {
  const table = createPackedTable(() => 0)
  expect(table.get(0, 0)).toBeNull()
  expect(table.until(1, 2)).toBeNull()
})
