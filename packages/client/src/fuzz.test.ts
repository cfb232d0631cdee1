import { describe, expect, it } from 'vitest'
import type { Answer } from '../test/backend.js'
import { openPhone, times, useEmulator } from '../test/phone.js'
import type { Clock } from './clock.js'
import { isAuthError } from './index.js'

useEmulator()

const SEEDS = Number(process.env['FUZZ_SEEDS'] ?? 1000)
const AT_ONCE = 50
const REQUESTS = 12
// Real time, but fast: the second in which only 4 wx.login may start lasts 50 ms.
const HASTE = 20
const FAILURES: Answer[] = ['drop', 'store_unavailable', { status: 500, body: '' }, { status: 401, body: '' }, { status: 200, body: '<html>' }]

const fastClock: Clock = {
  now: () => performance.now() * HASTE,
  setTimeout: (run, ms) => setTimeout(run, ms / HASTE),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

/** mulberry32: small, seeded, good enough. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6D2B79F5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

async function run(seed: number): Promise<void> {
  const random = randomOf(seed)
  const { client, backend, device } = await openPhone({ client: { clock: fastClock, timeout: { login: 1e6, request: 1e6 } } })
  const faulty = seed % 2 === 1
  backend.single = random() < 0.5
  backend.delay = () => random() * 8
  if (random() < 0.7) await client.login()
  const logins = { now: 0, most: 0 }
  const watched = device.wx.login as (options: object) => unknown
  device.wx.login = ((options: { success: (result: unknown) => void, fail: (failure: unknown) => void }) => {
    logins.most = Math.max(logins.most, ++logins.now)
    const end = <T>(run: (value: T) => void) => (value: T) => {
      logins.now--
      run(value)
    }
    return watched({ ...options, success: end(options.success), fail: end(options.fail) })
  }) as typeof device.wx.login
  if (faulty && random() < 0.3) device.fault({ api: 'login', kind: 'fail' })
  if (faulty) for (const path of ['/v1/login', '/orders']) backend.answer(path, FAILURES[Math.floor(random() * FAILURES.length)] ?? 'drop', 1 + Math.floor(random() * 3))
  if (random() < 0.8) setTimeout(() => backend.kill(), random() * 15)

  const deadAtSend: boolean[] = []
  const requests = times(REQUESTS, async () => {
    await new Promise((resolve) => { setTimeout(resolve, random() * 20) })
    return client.get('/orders', { onTask: () => deadAtSend.push(client.session === null) })
  })
  const results = await Promise.allSettled(requests)

  for (const result of results) {
    if (result.status === 'rejected') expect(faulty && isAuthError(result.reason), `seed ${seed}: ${String(result.reason)}`).toBe(true)
    else if (!faulty) expect(result.value.statusCode, `seed ${seed}`).toBe(200)
  }
  expect(logins.most, `seed ${seed}`).toBeLessThanOrEqual(1)
  expect(deadAtSend, `seed ${seed}`).not.toContain(true)
  if (!faulty) expect(backend.codes.length, `seed ${seed}: logins`).toBeLessThanOrEqual(2)
  expect(new Set(backend.codes).size, `seed ${seed}: a code is sent once`).toBe(backend.codes.length)
}

describe('fuzz', () => {
  it(`36: ${SEEDS} seeds of latency, expiry and failure: all settle, one login at a time, no send with a token known dead`, { timeout: 300_000 }, async () => {
    for (let seed = 0; seed < SEEDS; seed += AT_ONCE) await Promise.all(times(AT_ONCE, (i) => run(seed + i)))
  })
})
