import { expect, it } from 'vitest'
import { openRelay, refuse } from './relay.js'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

const HOUR_MS = 3_600_000

/** Any API with an access_token; 87008 means that the token was taken. */
const probe = (auth: Stage['auth'], appid: string) => auth.wechat.call(appid, '/wxa/checksession', { query: { openid: 'o', sig_method: 'x', signature: '' } })
const taken = { code: 'wx_call_failed', wechat: { errcode: 87008 } }

const callsOf = (stage: Stage, path: string): number => stage.emulator.traffic.list().filter(({ kind, name }) => kind === 'call' && name.includes(path)).length
const fetches = (stage: Stage): number => callsOf(stage, 'stable_token')

/** What WeChat hands out to anybody who has the AppSecret: its token now, or with `force` a new one that ends the others. */
async function askWechat(stage: Stage, force = false): Promise<string> {
  const { appid, secret } = stage.emulator.apps[0]!
  return (await fetch(`${stage.emulator.url}/cgi-bin/stable_token`, { method: 'POST', body: JSON.stringify({ grant_type: 'client_credential', appid, secret, force_refresh: force }) })).text()
}

it('F12, REL-AT-179: fetches one access_token for 50 parallel calls, and keeps it until its last five minutes', async () => {
  const stage = await openStage()
  const calls = () => Promise.allSettled(Array.from({ length: 50 }, () => probe(stage.auth, stage.appid)))
  const outcomes = await calls()
  expect(outcomes.every((outcome) => outcome.status === 'rejected' && (outcome.reason as { wechat: { errcode: number } }).wechat.errcode === 87008)).toBe(true)
  expect(fetches(stage)).toBe(1)
  stage.emulator.clock.advance(HOUR_MS)
  await calls()
  expect(fetches(stage)).toBe(1)
  stage.emulator.clock.advance(HOUR_MS)
  await calls()
  expect(fetches(stage)).toBe(2)
})

it('F12: through 40 ends of access_tokens each costs one fetch, whoever calls, and WeChat is shown no dead one', async () => {
  const stage = await openStage()
  for (let end = 1; end <= 40; end++) {
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => probe(stage.auth, stage.appid)))
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as { wechat: { errcode: number } }).wechat.errcode)).toEqual(outcomes.map(() => 87008))
    await expect(probe(stage.auth, stage.appid)).rejects.toMatchObject(taken)
    // One call to WeChat for each of ours: a token that it refused would have cost two.
    expect([end, fetches(stage), callsOf(stage, 'checksession')]).toEqual([end, 1, 11])
    stage.emulator.traffic.clear()
    stage.emulator.clock.advance(2 * HOUR_MS)
  }
})

it('REL-AT-870: finds the token in the database after a restart, and in another process', async () => {
  const stage = await openStage()
  await expect(probe(stage.auth, stage.appid)).rejects.toMatchObject(taken)
  await stage.restart()
  await expect(probe(stage.auth, stage.appid)).rejects.toMatchObject(taken)
  const second = await stage.another()
  await expect(probe(second.auth, stage.appid)).rejects.toMatchObject(taken)
  expect(fetches(stage)).toBe(1)
})

it('REL-AT-76: two servers never end each other’s token', async () => {
  const stage = await openStage()
  const second = await stage.another()
  for (let round = 0; round < 10; round++) {
    stage.emulator.clock.advance(HOUR_MS / 2)
    for (const auth of [stage.auth, second.auth]) await expect(probe(auth, stage.appid)).rejects.toMatchObject(taken)
  }
  expect(fetches(stage)).toBeLessThanOrEqual(8)
})

it.each([40001, 40014, 42001])('F13: replaces a token that WeChat refuses with %i and calls once more', async (errcode) => {
  const stage = await openStage()
  await expect(probe(stage.auth, stage.appid)).rejects.toMatchObject(taken)
  stage.emulator.fault({ where: '/wxa/checksession', errcode })
  await expect(probe(stage.auth, stage.appid)).rejects.toMatchObject(taken)
})

it('F13, REL-AT-516: survives somebody else’s forced refresh: the dead token is replaced once, also for parallel callers', async () => {
  const stage = await openStage()
  await expect(probe(stage.auth, stage.appid)).rejects.toMatchObject(taken)
  await askWechat(stage, true)
  stage.emulator.traffic.clear()
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => probe(stage.auth, stage.appid)))
  expect(outcomes.map((outcome) => (outcome as { reason: { wechat: { errcode: number } } }).reason.wechat.errcode)).toEqual(outcomes.map(() => 87008))
  expect(fetches(stage)).toBeLessThanOrEqual(2)
})

/** An answer that is held back: `arrived` gives, once there is one, what lets it go. */
function heldAnswer(): { readonly arrived: Promise<() => void>, readonly hold: (letGo: () => void) => void } {
  let hold: (letGo: () => void) => void = () => undefined
  const arrived = new Promise<() => void>((resolve) => { hold = resolve })
  return { arrived, hold }
}

it('REL-AT-696, REL-AT-81: an access_token whose answer comes late replaces no newer one, in the database or in use', async () => {
  const stage = await openStage()
  const early = await askWechat(stage)
  const held = heldAnswer()
  const relay = await openRelay(() => stage.emulator.url, ({ pathname }, response) => {
    if (pathname !== '/cgi-bin/stable_token') return false
    held.hold(() => response.end(early))
    return true
  })
  const slow = await stage.another({ wechat: { baseURL: relay.url, timeoutMs: 20_000 } })
  const underWay = expect(probe(slow.auth, stage.appid)).rejects.toMatchObject(taken)
  const arrive = await held.arrived
  stage.emulator.clock.advance(60_000)
  await askWechat(stage, true)
  await expect(probe(stage.auth, stage.appid)).rejects.toMatchObject(taken)
  stage.emulator.clock.advance(60_000)
  stage.emulator.traffic.clear()
  arrive()
  await underWay
  expect(relay.requests.filter((request) => request.startsWith('/wxa/checksession'))).toHaveLength(1)
  await expect(probe((await stage.another()).auth, stage.appid)).rejects.toMatchObject(taken)
  expect(fetches(stage)).toBe(0)
})

it('REL-AT-1300: who hears late that the old access_token is dead leaves the fresh one alone, in his own process and in another', async () => {
  const stage = await openStage()
  const held = heldAnswer()
  let isLate = false
  const relay = await openRelay(() => stage.emulator.url, ({ pathname }, response) => {
    if (pathname !== '/wxa/checksession' || !isLate) return false
    isLate = false
    held.hold(() => refuse(response, 40001))
    return true
  })
  const [one, other] = [await stage.another({ wechat: { baseURL: relay.url, timeoutMs: 20_000 } }), await stage.another()]
  for (const { auth } of [one, other]) await expect(probe(auth, stage.appid)).rejects.toMatchObject(taken)
  isLate = true
  const underWay = expect(probe(one.auth, stage.appid)).rejects.toMatchObject(taken)
  const arrive = await held.arrived
  await askWechat(stage, true)
  stage.emulator.traffic.clear()
  await expect(probe(one.auth, stage.appid)).rejects.toMatchObject(taken)
  expect(fetches(stage)).toBe(1)
  arrive()
  await underWay
  await expect(probe(other.auth, stage.appid)).rejects.toMatchObject(taken)
  expect(fetches(stage)).toBe(1)
})

it('stops after one new try when WeChat refuses every token', async () => {
  const stage = await openStage()
  stage.emulator.fault({ where: '/wxa/checksession', errcode: 40001, times: Infinity })
  await expect(probe(stage.auth, stage.appid)).rejects.toMatchObject({ code: 'wx_call_failed', wechat: { errcode: 40001 } })
  expect(stage.emulator.traffic.list().filter(({ kind, name }) => kind === 'call' && name.includes('checksession'))).toHaveLength(2)
})

it('S11: logs people in without any access_token, also while none can be had', async () => {
  const stage = await openStage()
  stage.emulator.fault({ where: '/cgi-bin/stable_token', errcode: 45009, times: Infinity })
  await stage.login()
  expect(fetches(stage)).toBe(0)
  await expect(probe(stage.auth, stage.appid)).rejects.toMatchObject({ code: 'wx_quota_exhausted' })
  await stage.login()
})

it('T54: tells WeChat’s answer to the caller and the token to nobody: not in errors, logs or the database', async () => {
  const stage = await openStage()
  const { access_token: token } = JSON.parse(await askWechat(stage)) as { access_token: string }
  const error = await probe(stage.auth, stage.appid).catch((thrown: unknown) => thrown)
  const { readFileSync } = await import('node:fs')
  const places = [JSON.stringify(error), String(error), stage.logs.join(''), readFileSync(`${stage.dataDir}/tongxing.db-wal`, 'latin1')]
  for (const place of places) expect(place.includes(token)).toBe(false)
})

it('answers app_unknown for an app that is not configured', async () => {
  const stage = await openStage()
  await expect(probe(stage.auth, 'wxemu9999999999999')).rejects.toMatchObject({ code: 'app_unknown' })
})
