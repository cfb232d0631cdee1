import { serve } from '@tongxing/server'
import type { ServeOptions } from '@tongxing/server'
import { expect, it, onTestFinished } from 'vitest'
import { openStage } from './stage.js'
import type { Reply, Stage } from './stage.js'

async function serveWith(stage: Stage, options: ServeOptions): Promise<string> {
  const service = await serve(stage.auth, { port: 0, idleGraceMs: 0, ...options })
  onTestFinished(() => service.close())
  return service.url
}

const loginAt = (stage: Stage, at: string, headers: Record<string, string> = {}) =>
  stage.send('POST', '/v1/login', { body: { appid: stage.appid, code: stage.code() }, at, headers })

it('T38: logins beyond the burst of one address are 429 with Retry-After, and another address is served', async () => {
  const stage = await openStage()
  const at = await serveWith(stage, { trustedProxies: ['127.0.0.1'], limits: { loginPerMinute: 1, loginBurst: 2 } })
  const from = (address: string) => loginAt(stage, at, { 'x-forwarded-for': address })
  expect([(await from('203.0.113.7')).status, (await from('203.0.113.7')).status]).toEqual([200, 200])
  const refused = await from('203.0.113.7')
  expect([refused.status, refused.json]).toEqual([429, expect.objectContaining({ code: 'rate_limited', action: 'retry_later' })])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
  expect((await from('203.0.113.8')).status).toBe(200)
  expect((await from('1.1.1.1, 203.0.113.7')).status).toBe(429)
})

it('T39: forwarded requests are not limited while no proxy is trusted, and one warning says so', async () => {
  const stage = await openStage()
  const at = await serveWith(stage, { limits: { loginPerMinute: 1, loginBurst: 1 } })
  for (let i = 0; i < 3; i++) expect((await loginAt(stage, at, { 'x-forwarded-for': '203.0.113.7' })).status).toBe(200)
  expect(stage.logs.filter((line) => line.includes('untrusted_proxy'))).toHaveLength(1)
  expect([(await loginAt(stage, at)).status, (await loginAt(stage, at)).status]).toEqual([200, 429])
})

it('T40: who guesses tokens is refused for a while; sessions of other addresses are not', async () => {
  const stage = await openStage()
  const at = await serveWith(stage, { trustedProxies: ['127.0.0.1'], limits: { unauthorizedPerMinute: 5 } })
  const token = await stage.login()
  const guess = () => stage.send('GET', '/v1/me', { token: `txs_${'A'.repeat(136)}`, at, headers: { 'x-forwarded-for': '203.0.113.7' } })
  const statuses: number[] = []
  for (let i = 0; i < 7; i++) statuses.push((await guess()).status)
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
  expect((await stage.send('GET', '/v1/me', { token, at, headers: { 'x-forwarded-for': '203.0.113.8' } })).status).toBe(200)
})

it('limits can be left to a gateway, and a wrong proxy is refused at the start', async () => {
  const stage = await openStage()
  const at = await serveWith(stage, { limits: false })
  for (let i = 0; i < 5; i++) expect((await loginAt(stage, at)).status).toBe(200)
  await expect(serve(stage.auth, { port: 0, trustedProxies: ['my-proxy'] })).rejects.toThrow(/"my-proxy" is neither an address nor a range/)
})

it.each<[string, string, string, object | undefined, number]>([
  ['IN-TICKET-RATE, T38: tickets', 'POST', '/v1/tickets', undefined, 120],
  ['IN-CONSENT-RATE, T38: consents', 'PUT', '/v1/me/consents/profile', { version: '1' }, 60],
  ['IN-CONSENT-RATE, T38: withdrawals', 'DELETE', '/v1/me/consents/profile', undefined, 60],
  ['IN-ERASE-RATE, T38: exports', 'GET', '/v1/me/export', undefined, 60],
])('%s of one user beyond the burst are 429 with Retry-After, in whichever session; another user is served', async (_name, method, route, body, burst) => {
  const stage = await openStage({ emulator: { people: [{}, {}] } })
  const [one, again, other] = [await stage.login(), await stage.login(), await stage.login(stage.emulator.people[1]!.id)]
  const ask = (token: string): Promise<Reply> => stage.send(method, route, { token, ...(body && { body }) })
  // Twice as many: a slow machine takes so long over them that the first ones of the burst are there again.
  const replies = await Promise.all(Array.from({ length: 2 * burst }, (_, i) => ask(i % 2 ? one : again)))
  const refused = replies.filter(({ status }) => status >= 300)
  expect(replies.length - refused.length).toBeGreaterThanOrEqual(burst)
  expect(refused[0]).toMatchObject({ status: 429, json: { code: 'rate_limited' } })
  expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await ask(other)).status).toBeLessThan(300)
})
