import { expect, it } from 'vitest'
import { openRelay, refuse } from './relay.js'
import { openStage } from './stage.js'
import type { Reply, Stage } from './stage.js'

const TWO_APPS = { apps: [{ appid: 'wxemu000000000000a' }, { appid: 'wxemu000000000000b' }] }
const [A, B] = TWO_APPS.apps.map(({ appid }) => appid) as [string, string]
const HOUR_MS = 3_600_000
/** Stands still until it is moved, so that no pause ends by itself on a slow machine. */
const STILL = { clock: { now: () => Date.UTC(2026, 10, 25, 4) } }

const login = (stage: Stage, appid: string, at?: string): Promise<Reply> =>
  stage.send('POST', '/v1/login', { body: { appid, code: stage.code({ appid }) }, ...(at !== undefined && { at }) })

function exchanges(stage: Stage): number {
  return stage.emulator.traffic.list().filter(({ kind, name }) => kind === 'call' && name.includes('jscode2session')).length
}

it('F02: asks a WeChat that is down no more after five failures, keeps who is logged in, and is back three seconds after WeChat', async () => {
  const stage = await openStage({ emulator: STILL })
  const token = await stage.login()
  const end = stage.emulator.fault({ path: '/sns/jscode2session', status: 502, body: '<html>', times: Infinity })
  stage.emulator.traffic.clear()
  for (let i = 0; i < 5; i++) expect((await login(stage, stage.appid)).json).toMatchObject({ code: 'wx_unavailable', action: 'relogin' })
  for (let i = 0; i < 20; i++) {
    const { headers, json } = await login(stage, stage.appid)
    expect([json.code, json.action, headers.get('retry-after')]).toEqual(['wx_unavailable', 'retry_later', expect.stringMatching(/^[3-7]$/)])
    expect((await stage.send('GET', '/v1/session', { token })).status).toBe(200)
  }
  expect(exchanges(stage)).toBe(5)
  end()
  stage.emulator.clock.advance(3000)
  expect((await login(stage, stage.appid)).status).toBe(200)
})

it('IN-LOGIN-WECHAT, F02: a code that the breaker turned away was not sent: the same one logs in later', async () => {
  const stage = await openStage({ emulator: STILL })
  const code = stage.code()
  stage.emulator.fault({ path: '/sns/jscode2session', drop: true, times: 5 })
  for (let i = 0; i < 5; i++) await login(stage, stage.appid)
  expect((await stage.post('/v1/login', { appid: stage.appid, code })).json).toMatchObject({ code: 'wx_unavailable', action: 'retry_later' })
  stage.emulator.clock.advance(3000)
  expect((await stage.post('/v1/login', { appid: stage.appid, code })).status).toBe(200)
})

it('F05: an app whose quota is used up rests for an hour; every login of another app goes through meanwhile', async () => {
  const stage = await openStage({ emulator: { ...TWO_APPS, ...STILL } })
  const relay = await openRelay(() => stage.emulator.url, (url, response) => url.searchParams.get('appid') === A && refuse(response, 45009))
  await stage.restart({ wechat: { baseURL: relay.url } })
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => login(stage, i % 2 ? B : A)))
  const first = relay.requests.filter((request) => request.includes(A)).length
  const rest = await Promise.all(Array.from({ length: 40 }, (_, i) => login(stage, i % 2 ? B : A)))
  expect([...answers, ...rest].map(({ status }) => status)).toEqual(Array.from({ length: 80 }, (_, i) => (i % 2 ? 200 : 503)))
  expect(rest[0]!.json).toMatchObject({ code: 'wx_quota_exhausted', action: 'retry_later' })
  const told = rest.flatMap(({ headers }) => headers.get('retry-after') ?? []).map(Number)
  expect([told.length, told.every((seconds) => seconds >= 3600 && seconds <= 3960), new Set(told).size > 5]).toEqual([20, true, true])
  expect(relay.requests.filter((request) => request.includes(A))).toHaveLength(first)
  stage.emulator.clock.advance(HOUR_MS)
  await login(stage, A)
  expect(relay.requests.filter((request) => request.includes(A))).toHaveLength(first + 1)
})

it('F05: a person who logs in too often hurts only himself', async () => {
  const stage = await openStage({ emulator: { ...STILL, minuteQuota: 10, people: [{}, {}] } })
  const [busy, other] = stage.emulator.people.map(({ id }) => id) as [string, string]
  const answers: Reply[] = []
  for (let i = 0; i < 30; i++) answers.push(await stage.post('/v1/login', { appid: stage.appid, code: stage.code({ person: busy }) }))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(10)
  expect([answers[29]!.json.code, answers[29]!.headers.get('retry-after')]).toEqual(['wx_rate_limited', '60'])
  await stage.login(other)
})

it('F01, F07: an app whose calls hang fills its own room and no more; another app logs in all the while, sessions stand, sockets stay within the cap', async () => {
  const stage = await openStage({ emulator: { ...TWO_APPS, ...STILL } })
  let letGo = (): void => undefined
  const wechatIsBack = new Promise<boolean>((resolve) => { letGo = () => resolve(false) })
  const relay = await openRelay(() => stage.emulator.url, (url) => url.searchParams.get('appid') === A && wechatIsBack)
  await stage.restart({ wechat: { baseURL: relay.url, connections: 4, queue: 4, timeoutMs: 60_000 } })
  const { json: { token } } = await login(stage, B)
  const answers: Reply[] = []
  const hanging = Array.from({ length: 20 }, async () => { answers.push(await login(stage, A)) })
  // Four hang, four wait, and the twelve without room know at once.
  await expect.poll(() => answers.length).toBeGreaterThanOrEqual(12)
  expect(answers.every(({ json }) => json.code === 'overloaded')).toBe(true)
  const others = await Promise.all(Array.from({ length: 20 }, async () => {
    const session = await stage.send('GET', '/v1/session', { token: token as string })
    return [session.status, (await login(stage, B).catch(() => null))?.status]
  }))
  // B has its own four connections and four places: whoever finds them taken is told so and comes back; nobody waits for A.
  expect(others.every(([session]) => session === 200)).toBe(true)
  expect(others.filter(([, status]) => status === 200).length).toBeGreaterThanOrEqual(8)
  expect(relay.sockets()).toBeLessThanOrEqual(8)
  letGo()
  await Promise.all(hanging)
  // The four that hung are answered; those that waited too, unless B took longer than anybody may wait.
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(4)
  expect(answers.filter(({ status, json }) => status !== 200 && json.code !== 'overloaded')).toEqual([])
  expect((await login(stage, B)).status).toBe(200)
})
