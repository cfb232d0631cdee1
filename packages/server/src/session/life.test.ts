import { expect, it } from 'vitest'
import { newLifeMs } from './life.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LIFE_MS = 7 * DAY_MS
const PEOPLE = 200_000
const DAYS = 30

it('F11: of 200,000 people who logged in within one minute no hour of the next thirty days brings back more than five times the mean, as ±10 % promise, and the fourth week not four times', () => {
  const comings = new Uint32Array(DAYS * 24 + 1)
  for (let person = 0; person < PEOPLE; person++) {
    for (let at = (60_000 * person) / PEOPLE + newLifeMs(LIFE_MS); at < DAYS * DAY_MS; at += newLifeMs(LIFE_MS)) comings[Math.floor(at / HOUR_MS)]!++
  }
  const mean = PEOPLE / (LIFE_MS / HOUR_MS)
  // One life in a fifth of a life: 1 / (2 × 10 %). Three times the mean would take ±17 %. Six deviations of chance are 8 %.
  expect(Math.max(...comings) / mean).toBeGreaterThan(4.6)
  expect(Math.max(...comings) / mean).toBeLessThan(5.4)
  // The spreads of four lives add up: two thirds of it.
  expect(Math.max(...comings.subarray(26 * 24)) / mean).toBeLessThan(3.7)
})
