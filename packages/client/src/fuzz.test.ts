import type { Wx } from '@tongxing/emulator'
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
// Real ms, for a seed that takes some hundred.
const PATIENCE_MS = 20_000
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

interface WxOptions {
  readonly url?: string
  readonly header?: Readonly<Record<string, string>>
  success(result: { readonly statusCode?: number, readonly data?: unknown }): void
  fail(failure: object): void
}

/** Watches what the client does with `wx`: how many logins run at once, from wx.login to the answer of the exchange, and what is signed with a token known dead. */
function watch(wx: Wx): { readonly mostLogins: () => number, readonly deadSends: () => number } {
  const dead = new Set<string | undefined>()
  // A plain 401 of the route alone: the client keeps such a token on purpose (decision 8, 2).
  const doubtful = new Set<string | undefined>()
  let [logins, mostLogins, deadSends] = [0, 0, 0]

  function around(api: 'login' | 'request', before: (options: WxOptions) => void, after: (options: WxOptions, result: { statusCode?: number, data?: unknown } | undefined) => void): void {
    const call = wx[api] as (options: object) => unknown
    Object.assign(wx, {
      [api](options: WxOptions) {
        before(options)
        return call({
          ...options,
          success(result: object) {
            after(options, result)
            options.success(result)
          },
          fail(failure: object) {
            after(options, undefined)
            options.fail(failure)
          },
        })
      },
    })
  }

  const begin = () => { mostLogins = Math.max(mostLogins, ++logins) }
  around('login', begin, (_options, result) => {
    if (result === undefined) logins--
  })
  const send = ({ header = {} }: WxOptions) => {
    const token = tokenOf(header)
    if (dead.has(token) && !doubtful.has(token)) deadSends++
  }
  around('request', send, ({ url = '', header = {} }, result) => {
    if (url.endsWith('/v1/login')) logins--
    if (result?.statusCode !== 401) return
    if ((result.data as { code?: string }).code !== 'session_expired') doubtful.add(tokenOf(header))
    dead.add(tokenOf(header))
  })
  return { mostLogins: () => mostLogins, deadSends: () => deadSends }
}

const tokenOf = (header: Readonly<Record<string, string>>) => header['Authorization']

/** Rejects, naming the seed, when something never settles. */
function settled<T>(seed: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`seed ${seed}: a request never settles`)), PATIENCE_MS)
    promise.finally(() => clearTimeout(timer)).then(resolve, reject)
  })
}

async function run(seed: number): Promise<void> {
  const random = randomOf(seed)
  const { client, backend, device } = await openPhone({ client: { clock: fastClock, timeout: { login: 1e6, request: 1e6 } } })
  const faulty = seed % 2 === 1
  const seen = watch(device.wx)
  backend.single = random() < 0.5
  backend.delay = () => random() * 8
  if (random() < 0.7) await client.login()
  if (faulty && random() < 0.3) device.fault({ api: 'login', kind: 'fail' })
  if (faulty) for (const path of ['/v1/login', '/orders']) backend.answer(path, FAILURES[Math.floor(random() * FAILURES.length)] ?? 'drop', 1 + Math.floor(random() * 3))
  if (random() < 0.8) setTimeout(() => backend.kill(), random() * 15)

  const requests = times(REQUESTS, async () => {
    await new Promise((resolve) => { setTimeout(resolve, random() * 20) })
    return client.get('/orders')
  })
  const results = await settled(seed, Promise.allSettled(requests))

  for (const result of results) {
    if (result.status === 'rejected') expect(faulty && isAuthError(result.reason), `seed ${seed}: ${String(result.reason)}`).toBe(true)
    else if (!faulty) expect(result.value.statusCode, `seed ${seed}`).toBe(200)
  }
  expect(seen.mostLogins(), `seed ${seed}: logins at once`).toBeLessThanOrEqual(1)
  expect(seen.deadSends(), `seed ${seed}: sends with a token known dead`).toBe(0)
  if (!faulty) expect(backend.codes.length, `seed ${seed}: logins`).toBeLessThanOrEqual(2)
  expect(new Set(backend.codes).size, `seed ${seed}: a code is sent once`).toBe(backend.codes.length)
}

describe('fuzz', () => {
  it(`36: ${SEEDS} seeds of latency, expiry and failure: all settle, one login at a time, no send with a token known dead`, { timeout: 300_000 }, async () => {
    for (let seed = 0; seed < SEEDS; seed += AT_ONCE) await Promise.all(times(AT_ONCE, (i) => run(seed + i)))
  })
})
