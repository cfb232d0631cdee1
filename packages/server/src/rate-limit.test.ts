import { expect, it } from 'vitest'
import { createRateLimit } from './rate-limit.js'

it('lets a burst through, then one at a time, and says how long to wait', () => {
  let now = 0
  const limit = createRateLimit({ perMinute: 60, burst: 3 }, () => now)
  expect([limit.take('a'), limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([0, 0, 0, 1])
  expect(limit.take('b')).toBe(0)
  now = 1000
  expect([limit.take('a'), limit.take('a')]).toEqual([0, 1])
  now = 60_000
  expect([limit.peek('a'), limit.take('a'), limit.take('a'), limit.take('a'), limit.peek('a')]).toEqual([0, 0, 0, 0, 1])
})

it('a refused call costs nothing: who keeps trying is let in when his time has come', () => {
  let now = 0
  const limit = createRateLimit({ perMinute: 60, burst: 1 }, () => now)
  limit.take('a')
  for (now = 0; now < 1000; now += 100) expect(limit.take('a')).toBe(1)
  now = 1000
  expect(limit.take('a')).toBe(0)
})

it('T38: a flood of 250,000 addresses neither fills the memory nor lets off an address that was just refused', () => {
  const limit = createRateLimit({ perMinute: 1, burst: 1 }, () => 0)
  for (let i = 0; i < 250_000; i++) limit.take(`address ${i}`)
  expect([limit.take('address 249999'), limit.take('address 0')]).toEqual([60, 0])
})
