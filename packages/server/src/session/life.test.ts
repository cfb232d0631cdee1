import { expect, it } from 'vitest'
import { newLifeMs } from './life.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LIFE_MS = 7 * DAY_MS
const PEOPLE = 200_000
const DAYS = 30

it('F11: of 200,000 people who logged in within one minute no hour of the next thirty days brings back more than one in thirty, and no hour more than six times the mean', () => {
  const comings = new Uint32Array(DAYS * 24 + 1)
  for (let person = 0; person < PEOPLE; person++) {
    for (let at = (60_000 * person) / PEOPLE + newLifeMs(LIFE_MS); at < DAYS * DAY_MS; at += newLifeMs(LIFE_MS)) comings[Math.floor(at / HOUR_MS)]!++
  }
  const peak = Math.max(...comings)
  const mean = PEOPLE / (LIFE_MS / HOUR_MS)
  expect(peak).toBeLessThan(PEOPLE / 30)
  expect(peak / mean).toBeLessThan(6)
})
