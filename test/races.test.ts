import { expect, it } from 'vitest'
import { countCalls, openStage } from './stage.js'

const uidOf = (json: Record<string, unknown>): string => (json.user as { uid: string }).uid

it('SEC-BA-7W99, T04: exchanges one code once for 50 parallel logins: one user, one session, nobody gets a 5xx', async () => {
  const stage = await openStage()
  const code = stage.code()
  const answers = await Promise.all(Array.from({ length: 50 }, () => stage.post('/v1/login', { appid: stage.appid, code })))
  expect(answers.every(({ status }) => status === 200 || status === 401)).toBe(true)
  const accepted = answers.filter(({ status }) => status === 200)
  expect(new Set(accepted.map(({ json }) => json.token)).size).toBe(1)
  expect(answers.filter(({ status }) => status === 401).every(({ json }) => (json.code as string) === 'wx_code_used')).toBe(true)
  expect(stage.emulator.traffic.list().filter(({ kind, name }) => kind === 'call' && name.includes('jscode2session'))).toHaveLength(1)
})

it('S9: makes one user of 50 parallel first logins of one person with 50 codes', async () => {
  const stage = await openStage()
  const answers = await Promise.all(Array.from({ length: 50 }, () => stage.post('/v1/login', { appid: stage.appid, code: stage.code() })))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200))
  expect(new Set(answers.map(({ json }) => uidOf(json))).size).toBe(1)
  expect(answers.filter(({ json }) => (json.user as { isNew: boolean }).isNew)).toHaveLength(1)
  expect(new Set(answers.map(({ json }) => json.token)).size).toBe(50)
})

it('one user, also when the 50 logins are spread over two servers on one database', async () => {
  const stage = await openStage()
  const second = await stage.another()
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) =>
    stage.send('POST', '/v1/login', { body: { appid: stage.appid, code: stage.code() }, at: i % 2 ? stage.url : second.service.url })))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200))
  expect(new Set(answers.map(({ json }) => uidOf(json))).size).toBe(1)
})

it('SEC-BA-11335, T26: after a log-out everywhere no older session is accepted, whatever logged in meanwhile', async () => {
  const stage = await openStage()
  for (let round = 0; round < 5; round++) {
    const tokens = await Promise.all(Array.from({ length: 5 }, () => stage.login()))
    const racing = Array.from({ length: 10 }, () => stage.login())
    const logout = await stage.post('/v1/logout', { everywhere: true }, tokens[0])
    expect(logout.status).toBe(204)
    const later = await stage.login()
    await Promise.all(racing)
    const checks = await Promise.all(tokens.map((token) => stage.send('GET', '/v1/session', { token })))
    expect(checks.map(({ json }) => json.code as string)).toEqual(tokens.map(() => 'session_revoked'))
    expect((await stage.send('GET', '/v1/session', { token: later })).status).toBe(200)
  }
})

it('SEC-ST-RACE: 25 phones of one person, each with a session of its own: what one does, also its end, disturbs no other', async () => {
  const stage = await openStage()
  const phones = Array.from({ length: 25 }, () => stage.phone())
  await Promise.all(phones.map(({ client }) => client.ready()))
  const tokens = phones.map(({ client }) => client.session!.token)
  expect(new Set(tokens).size).toBe(25)
  const [leaving, staying] = [phones.slice(0, 12), phones.slice(12)]
  const answers = await Promise.all([
    ...staying.flatMap(({ client }) => Array.from({ length: 4 }, () => client.get('/v1/me'))),
    ...leaving.map(({ client }) => client.logout().then(() => ({ statusCode: 200 }))),
  ])
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200))
  const checks = await Promise.all(tokens.map(async (token) => (await stage.send('GET', '/v1/session', { token })).json.reason ?? 'stands'))
  expect(checks).toEqual([...leaving.map(() => 'logout'), ...staying.map(() => 'stands')])
  expect(phones.map(({ device }) => countCalls(device, 'login'))).toEqual(phones.map(() => 1))
})

it('SEC-BA-392P: 20 phones of one person log in anew at once, under way with requests: each keeps its own session, and no late end of an old one reaches a new one', async () => {
  const stage = await openStage()
  const phones = Array.from({ length: 20 }, () => stage.phone())
  const old = await Promise.all(phones.map(async ({ client }) => (await client.ready()).token))
  stage.emulator.clock.advance(8 * 86_400_000)
  const answers = await Promise.all(phones.flatMap(({ client }) => Array.from({ length: 3 }, () => client.get('/v1/me'))))
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200))
  expect(phones.map(({ device }) => countCalls(device, 'login'))).toEqual(phones.map(() => 2))
  const renewed = phones.map(({ client }) => client.session!.token)
  expect(new Set([...old, ...renewed]).size).toBe(40)
  const ends = await Promise.all(old.map((token) => stage.post('/v1/logout', {}, token)))
  expect(ends.map(({ status }) => status)).toEqual(old.map(() => 204))
  const sessions = await Promise.all(renewed.map((token) => stage.auth.verify(token)))
  expect([new Set(sessions.map(({ sessionId }) => sessionId)).size, new Set(sessions.map(({ uid }) => uid)).size]).toEqual([20, 1])
})
