import { beforeEach, expect, it } from 'vitest'
import { AuthError, isAuthError } from '../errors.js'
import { createBreaker } from './breaker.js'
import type { Breaker, OpenCircuit } from './breaker.js'

const NOON_IN_CHINA = Date.UTC(2026, 10, 25, 4)
const HOUR_MS = 3_600_000
const LOGIN = '/sns/jscode2session'

let now: number
let opened: OpenCircuit[]
let breaker: Breaker
beforeEach(() => {
  now = NOON_IN_CHINA
  opened = []
  breaker = createBreaker({ now: () => now, quotaRetryMs: HOUR_MS, onOpen: (circuit) => opened.push(circuit) })
})

const down = new AuthError('wx_timeout')
const quota = new AuthError('wx_quota_exhausted', { wechat: { errcode: 45009, rid: null } })
let asked = 0

/** One call; what became of it. */
async function call(outcome: Error | null = null, api = LOGIN): Promise<string> {
  return breaker.run(api, async () => {
    asked++
    if (outcome !== null) throw outcome
    return 'ok'
  }).catch((error: unknown) => (isAuthError(error) ? error.code : String(error)))
}

async function times(count: number, outcome: Error | null = null, api = LOGIN): Promise<void> {
  for (let i = 0; i < count; i++) await call(outcome, api)
}

function refusal(): AuthError {
  try {
    breaker.demand(LOGIN)
  } catch (error) {
    return error as AuthError
  }
  throw new Error('nothing was refused')
}

/** The seconds that so many refusals told, each once, in order. */
function waits(count: number): number[] {
  return [...new Set(Array.from({ length: count }, () => refusal().retryAfter!))].sort((a, b) => a - b)
}

it('F02: cuts an API off after five failures in a row, and tells everybody another second from then on to come back at', async () => {
  await times(4, down)
  expect(() => breaker.demand(LOGIN)).not.toThrow()
  await times(1, down)
  expect(refusal()).toMatchObject({ code: 'wx_unavailable', action: 'retry_later' })
  expect(waits(200)).toEqual([3, 4, 5, 6, 7])
  expect(breaker.open()).toEqual([expect.objectContaining({ api: LOGIN, code: 'wx_unavailable', until: now + 3000 })])
  expect(opened).toHaveLength(1)
})

it('F02: cuts an API off when half of twenty calls fail, though never five in a row', async () => {
  for (let i = 0; i < 10; i++) {
    await times(1)
    await times(1, down)
  }
  expect(breaker.open()).toHaveLength(1)
})

it('takes WeChat’s own refusals for answers: they cut nothing off', async () => {
  await times(50, new AuthError('wx_code_invalid', { wechat: { errcode: 40029, rid: null } }))
  await times(50, new AuthError('wx_unavailable', { action: 'relogin', wechat: { errcode: -1, rid: null } }))
  expect(breaker.open()).toEqual([])
})

it('F02: in an outage of ten minutes at fifty calls a second at most one in a hundred reaches WeChat, and it is back within five seconds', async () => {
  asked = 0
  const CALLS = 10 * 60 * 50
  for (let i = 0; i < CALLS; i++, now += 20) await call(down)
  expect(asked / CALLS).toBeLessThanOrEqual(0.01)
  const end = now
  while (await call() !== 'ok') now += 20
  expect(now - end).toBeLessThanOrEqual(5000)
  expect([await call(), breaker.open()]).toEqual(['ok', []])
})

it('lets one call through to see, however many come at once', async () => {
  await times(5, down)
  now += 3000
  let finish = (): void => undefined
  const probe = breaker.run(LOGIN, () => new Promise<string>((resolve) => { finish = () => resolve('ok') }))
  expect(await Promise.all([call(), call(), call()])).toEqual(['wx_unavailable', 'wx_unavailable', 'wx_unavailable'])
  finish()
  expect([await probe, await call()]).toEqual(['ok', 'ok'])
})

it('F05: leaves an API whose quota is used up alone for an hour, then asks once an hour', async () => {
  await times(1, quota)
  asked = 0
  now += HOUR_MS - 1
  expect([await call(), asked]).toEqual(['wx_quota_exhausted', 0])
  now += 1
  expect([await call(quota), await call(), asked]).toEqual(['wx_quota_exhausted', 'wx_quota_exhausted', 1])
  now += HOUR_MS
  expect([await call(), await call()]).toEqual(['ok', 'ok'])
})

it('F05: asks again at midnight in China, when quotas begin anew', async () => {
  now = NOON_IN_CHINA + 12 * HOUR_MS - 60_000
  await times(1, quota)
  expect(refusal().code).toBe('wx_quota_exhausted')
  expect(waits(300)).toEqual([60, 61, 62, 63, 64, 65, 66])
  now += 60_000
  expect(await call()).toBe('ok')
})

it('F05: cuts off one API and leaves the others', async () => {
  await times(1, quota, '/wxa/msg_sec_check')
  await times(5, down, '/cgi-bin/stable_token')
  expect([await call(), await call(null, '/wxa/msg_sec_check'), await call(null, '/cgi-bin/stable_token')]).toEqual(['ok', 'wx_quota_exhausted', 'wx_unavailable'])
})

it('F27: a clock that jumps back a day does not prolong a pause', async () => {
  await times(5, down)
  now -= 24 * HOUR_MS
  expect(await call()).toBe('ok')
})
