import { expect, it } from 'vitest'
import { spreadRetryAfter } from './retry-after.js'

it.each([
  [1, 5], [3, 7], [40, 44], [60, 66], [3600, 3960],
])('F09: who is told to come back in %i seconds is told no earlier second and none after %i, each of them about as often as the others', (earliest, latest) => {
  const draws = 2000 * (latest - earliest + 1)
  const told = Array.from({ length: draws }, () => spreadRetryAfter(earliest))
  expect(told.filter((second) => !(Number.isInteger(second) && second >= earliest && second <= latest))).toEqual([])
  const counts = new Map<number, number>()
  for (const second of told) counts.set(second, (counts.get(second) ?? 0) + 1)
  expect(counts.size).toBe(latest - earliest + 1)
  // Expected 2,000 each; 1,600 is nine standard deviations away.
  expect(Math.min(...counts.values())).toBeGreaterThan(1600)
})
