import path from 'node:path'
import { generateKeyRing } from '@tongxing/server'
import { expect, it } from 'vitest'
import { readDatabase } from './database.js'
import { countCalls, openStage } from './stage.js'

const DAY_MS = 86_400_000

it('F10, 18: an expired token costs one wx.login for 20 parallel requests, and all 20 are answered', async () => {
  const stage = await openStage()
  const { device, client } = stage.phone()
  await client.ready()
  stage.emulator.clock.advance(8 * DAY_MS)
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.get<{ uid: string }>('/v1/me')))
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 20 }, () => 200))
  expect(countCalls(device, 'login')).toBe(2)
})

it('20: a late 401 of the old session does not end the new one', async () => {
  const stage = await openStage()
  const { device, client } = stage.phone()
  const old = await client.ready()
  stage.emulator.clock.advance(8 * DAY_MS)
  await client.get('/v1/me')
  const renewed = client.session
  expect(renewed?.token).not.toBe(old.token)
  await client.recover(old.token)
  await client.get('/v1/me')
  expect(client.session?.token).toBe(renewed?.token)
  expect(countCalls(device, 'login')).toBe(2)
})

it('3: a phone that starts again finds its session: no wx.login, no checkSession', async () => {
  const stage = await openStage()
  const { device, client } = stage.phone()
  await client.ready()
  const again = device.relaunch()
  expect((await stage.client(again).get('/v1/me')).statusCode).toBe(200)
  expect([countCalls(again, 'login'), countCalls(again, 'checkSession')]).toEqual([0, 0])
})

it('a phone keeps its session over a restart of the server', async () => {
  const stage = await openStage()
  const { device, client } = stage.phone()
  await client.ready()
  await stage.restart()
  device.domains['https://api.demo.test'] = stage.url
  expect((await client.get('/v1/me')).statusCode).toBe(200)
  expect(countCalls(device, 'login')).toBe(1)
})

it('IN-TOKEN-ENDED: ends one session at a log-out, tells why, and asks the user: the others of the person stand', async () => {
  const stage = await openStage()
  const [one, other] = [await stage.login(), await stage.login()]
  expect((await stage.send('POST', '/v1/logout', { token: one })).status).toBe(204)
  const ended = await stage.send('GET', '/v1/me', { token: one })
  expect([ended.status, ended.json.code, ended.json.action, ended.json.reason]).toEqual([401, 'session_revoked', 'ask_user', 'logout'])
  expect(ended.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  expect((await stage.send('GET', '/v1/me', { token: other })).status).toBe(200)
})

it('ends every session of the person at a log-out everywhere; who logs in afterwards is in', async () => {
  const stage = await openStage({ emulator: { people: [{}, {}] } })
  const [one, other, stranger] = [await stage.login(), await stage.login(), await stage.login(stage.emulator.people[1]!.id)]
  expect((await stage.post('/v1/logout', { everywhere: true }, one)).status).toBe(204)
  for (const token of [one, other]) {
    expect((await stage.send('GET', '/v1/me', { token })).json).toMatchObject({ code: 'session_revoked', action: 'ask_user', reason: 'logout_everywhere' })
  }
  expect((await stage.send('GET', '/v1/me', { token: stranger })).status).toBe(200)
  expect((await stage.send('GET', '/v1/me', { token: await stage.login() })).status).toBe(200)
})

it('SEC-KC-9802, T27: what was ended stays ended over a restart', async () => {
  const stage = await openStage()
  const [one, other] = [await stage.login(), await stage.login()]
  await stage.send('POST', '/v1/logout', { token: one })
  await stage.restart()
  expect((await stage.send('GET', '/v1/me', { token: one })).json.code).toBe('session_revoked')
  await stage.post('/v1/logout', { everywhere: true }, other)
  await stage.restart()
  expect((await stage.send('GET', '/v1/me', { token: other })).json.code).toBe('session_revoked')
})

it('what was ended stays ended although the life of sessions is shortened afterwards', async () => {
  const stage = await openStage({ server: { sessionLifeMs: 90 * DAY_MS } })
  const [one, other, all] = [await stage.login(), await stage.login(), await stage.login()]
  const { sessionId } = (await stage.send('GET', '/v1/session', { token: other })).json as { sessionId: string }
  await stage.restart({ sessionLifeMs: DAY_MS })
  await stage.send('DELETE', `/v1/sessions/${sessionId}`, { token: one })
  await stage.post('/v1/logout', { everywhere: true }, one)
  stage.emulator.clock.advance(5 * DAY_MS)
  await stage.restart({ sessionLifeMs: DAY_MS })
  await stage.restart()
  for (const token of [one, other, all]) expect((await stage.send('GET', '/v1/me', { token })).json.code).toBe('session_revoked')
})

it('SEC-KC-64W3: a shorter life of sessions ends those beyond it, whose phones log in again silently, and is what the others tell', async () => {
  const stage = await openStage({ server: { sessionLifeMs: 90 * DAY_MS } })
  const { device, client } = stage.phone()
  await client.ready()
  stage.emulator.clock.advance(3 * DAY_MS)
  const young = await stage.login()
  await stage.restart({ sessionLifeMs: 2 * DAY_MS })
  device.domains['https://api.demo.test'] = stage.url
  expect((await stage.send('GET', '/v1/session', { token: client.session!.token })).json).toMatchObject({ code: 'session_expired', action: 'relogin' })
  const { issuedAt, expiresAt } = (await stage.send('GET', '/v1/session', { token: young })).json as Record<string, number>
  expect(expiresAt).toBe(issuedAt! + 2.2 * DAY_MS)
  const { sessions } = (await stage.send('GET', '/v1/sessions', { token: young })).json as { sessions: { expiresAt: number }[] }
  expect(sessions).toMatchObject([{ expiresAt }])
  expect((await client.get('/v1/me')).statusCode).toBe(200)
  expect(countCalls(device, 'login')).toBe(2)
  stage.emulator.clock.advance(2.2 * DAY_MS)
  expect((await stage.send('GET', '/v1/session', { token: young })).json).toMatchObject({ code: 'session_expired', action: 'relogin' })
})

it('SEC-KC-895X: a lower number of sessions ends those beyond it, though nobody logs in; other people and apps keep theirs', async () => {
  const stage = await openStage({ emulator: { apps: [{}, {}], people: [{}, {}] } })
  const otherApp = stage.emulator.apps[1]!.appid
  const elsewhere = (await stage.post('/v1/login', { appid: otherApp, code: stage.code({ appid: otherApp }) })).json.token as string
  const stranger = await stage.login(stage.emulator.people[1]!.id)
  const tokens: string[] = []
  for (let i = 0; i < 4; i++) {
    stage.emulator.clock.advance(1)
    tokens.push(await stage.login())
  }
  const codes = async (): Promise<unknown[]> => Promise.all([...tokens, elsewhere, stranger].map(async (token) => (await stage.send('GET', '/v1/session', { token })).json.reason ?? 'stands'))
  await stage.restart({ mostSessions: 4 })
  expect(await codes()).toEqual(Array.from({ length: 6 }, () => 'stands'))
  await stage.restart({ mostSessions: 2 })
  const strict = ['replaced', 'replaced', 'stands', 'stands', 'stands', 'stands']
  expect(await codes()).toEqual(strict)
  await stage.restart()
  expect(await codes()).toEqual(strict)
})

it('SEC-KC-12390: no session id serves two users: not of 40 parallel logins of four people, and not on a phone that changes hands', async () => {
  const stage = await openStage({ emulator: { people: [{}, {}, {}, {}] } })
  const people = stage.emulator.people.map(({ id }) => id)
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => stage.login(people[i % 4])))
  const sessions = await Promise.all(answers.map((token) => stage.auth.verify(token)))
  expect(new Set(sessions.map(({ sessionId }) => sessionId)).size).toBe(40)
  for (const [i, { uid }] of sessions.entries()) expect(uid).toBe(sessions[i % 4]!.uid)
  expect(new Set(sessions.map(({ uid }) => uid)).size).toBe(4)

  const phone = stage.phone()
  const before = await phone.client.ready()
  await phone.client.logout()
  const { token } = await stage.phone({ person: people[1]! }).client.ready()
  const [ended, after] = [await stage.send('GET', '/v1/session', { token: before.token }), await stage.auth.verify(token)]
  expect(ended.json).toMatchObject({ code: 'session_revoked', reason: 'logout' })
  expect([after.uid === before.user.uid, sessions.some(({ sessionId }) => sessionId === after.sessionId)]).toEqual([false, false])
})

it.each<[string, object, string]>([
  ['of one session', {}, 'update of ended_at on sessions'],
  ['everywhere', { everywhere: true }, 'update of epoch on users'],
])('IN-LOGOUT-STORE, SEC-BA-11326: a log-out %s that could not be stored is answered 503, and nothing has ended until it is', async (_name, body, statement) => {
  const loggedOut: unknown[] = []
  const stage = await openStage({ server: { hooks: { onLogout: (event) => { loggedOut.push(event) } } } })
  const second = await stage.another({ feed: { pollMs: 60_000, maxAgeMs: 0 } })
  const token = await stage.login()
  const db = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
  db.all(`create trigger no_end before ${statement} begin select raise(abort, 'full'); end`)
  expect((await stage.post('/v1/logout', body, token)).json).toMatchObject({ status: 503, code: 'store_unavailable', action: 'retry_later' })
  const stands = async (): Promise<number[]> => [(await stage.send('GET', '/v1/session', { token })).status, (await stage.send('GET', '/v1/session', { token, at: second.service.url })).status]
  expect(await stands()).toEqual([200, 200])
  expect(loggedOut).toEqual([])
  db.all('drop trigger no_end')
  db.close()
  expect((await stage.post('/v1/logout', body, token)).status).toBe(204)
  expect(await stands()).toEqual([401, 401])
  expect(loggedOut).toHaveLength(1)
})

it('IN-LOGOUT-DEAD: takes a log-out of a dead session for done, but lets no dead session log out the others', async () => {
  const stage = await openStage()
  const token = await stage.login()
  for (let i = 0; i < 2; i++) expect((await stage.send('POST', '/v1/logout', { token })).status).toBe(204)
  expect((await stage.post('/v1/logout', { everywhere: true }, token)).json.code).toBe('session_revoked')
  expect((await stage.send('POST', '/v1/logout', { token: `txs_${'A'.repeat(136)}` })).status).toBe(204)
  expect((await stage.send('POST', '/v1/logout')).json.code).toBe('token_missing')
})

it.each([{ everywhere: 'true' }, { everywhere: 1 }, { everywhere: null }])('IN-LOGOUT-BODY: refuses a log-out with %j, and ends nothing', async (body) => {
  const stage = await openStage()
  const token = await stage.login()
  expect((await stage.post('/v1/logout', body, token)).json).toMatchObject({ status: 400, code: 'validation_failed', errors: [{ path: '/everywhere' }] })
  expect((await stage.send('GET', '/v1/session', { token })).status).toBe(200)
})

it('IN-TOKEN-ENDED, T29: answers session_expired with relogin once a session’s time is over', async () => {
  const stage = await openStage()
  const token = await stage.login()
  stage.emulator.clock.advance(8 * DAY_MS)
  expect((await stage.send('GET', '/v1/me', { token })).json).toMatchObject({ status: 401, code: 'session_expired', action: 'relogin' })
})

it('F27: takes no token of the future: a clock set back makes nothing immortal', async () => {
  const stage = await openStage()
  stage.emulator.clock.advance(3_600_000)
  const token = await stage.login()
  const behind = await stage.another({ clock: { now: () => stage.emulator.clock.now() - 6 * 60_000 } })
  expect((await stage.send('GET', '/v1/me', { token, at: behind.service.url })).json.code).toBe('session_unknown')
  for (const minutes of [-5, -4, 4, 5]) {
    const close = await stage.another({ clock: { now: () => stage.emulator.clock.now() + minutes * 60_000 } })
    expect([minutes, (await stage.send('GET', '/v1/me', { token, at: close.service.url })).status]).toEqual([minutes, 200])
  }
})

it('F27: a clock that jumps an hour or a day forwards or back and comes right again ends nobody’s session', async () => {
  const stage = await openStage()
  const token = await stage.login()
  let jump = 0
  const { service: { url: at } } = await stage.another({ clock: { now: () => stage.emulator.clock.now() + jump } })
  const check = async (): Promise<unknown> => {
    const { status, json } = await stage.send('GET', '/v1/session', { token, at })
    return status === 200 ? 200 : json.code
  }
  for (const [by, meanwhile] of [[3_600_000, 200], [-3_600_000, 'session_unknown'], [DAY_MS, 200], [-DAY_MS, 'session_unknown']] as const) {
    jump = by
    expect([by, await check()]).toEqual([by, meanwhile])
    jump = 0
    expect([by, await check()]).toEqual([by, 200])
  }
})

it('F28: rotates the sealing key without logging anybody out; retiring the old key ends its sessions silently', async () => {
  const [old, fresh] = [generateKeyRing(), generateKeyRing()]
  const stage = await openStage({ server: { keys: old } })
  const token = await stage.login()
  await stage.restart({ keys: `${fresh},${old}` })
  expect((await stage.send('GET', '/v1/me', { token })).status).toBe(200)
  const sealedAnew = await stage.login()
  await stage.restart({ keys: fresh })
  expect((await stage.send('GET', '/v1/me', { token })).json).toMatchObject({ code: 'session_unknown', action: 'relogin' })
  expect((await stage.send('GET', '/v1/me', { token: sealedAnew })).status).toBe(200)
})

it('a log-out on one server ends the session on another within the feed’s age', async () => {
  const stage = await openStage()
  const second = await stage.another({ feed: { pollMs: 60_000, maxAgeMs: 0 } })
  const token = await stage.login()
  expect((await stage.send('GET', '/v1/me', { token, at: second.service.url })).status).toBe(200)
  await stage.send('POST', '/v1/logout', { token })
  expect((await stage.send('GET', '/v1/me', { token, at: second.service.url })).json).toMatchObject({ code: 'session_revoked', reason: 'logout' })
})

it('strict asks the database: a log-out elsewhere ends the session at once, however old the feed may be', async () => {
  const stage = await openStage()
  const strict = await stage.another({ strict: true, feed: { pollMs: 60_000, maxAgeMs: 300_000 } })
  const lazy = await stage.another({ feed: { pollMs: 60_000, maxAgeMs: 300_000 } })
  const token = await stage.login()
  await stage.send('POST', '/v1/logout', { token })
  expect((await stage.send('GET', '/v1/me', { token, at: strict.service.url })).json).toMatchObject({ code: 'session_revoked', reason: 'logout' })
  expect((await stage.send('GET', '/v1/me', { token, at: lazy.service.url })).status).toBe(200)
})

it('43: a log-out on the phone is sticky, also over a restart, until login() is called', async () => {
  const stage = await openStage()
  const { device, client } = stage.phone()
  const { token } = await client.ready()
  await client.logout()
  expect((await stage.send('GET', '/v1/me', { token })).json.code).toBe('session_revoked')
  const again = device.relaunch()
  const after = stage.client(again)
  await expect(after.get('/v1/me')).rejects.toMatchObject({ code: 'SIGNED_OUT' })
  expect(countCalls(again, 'login')).toBe(0)
  await after.login()
  expect((await after.get('/v1/me')).statusCode).toBe(200)
})

it('a phone whose session was ended elsewhere stays signed out instead of undoing it', async () => {
  const stage = await openStage()
  const { device, client } = stage.phone()
  const { token } = await client.ready()
  await stage.post('/v1/logout', { everywhere: true }, token)
  await expect(client.get('/v1/me')).rejects.toMatchObject({ action: 'ask_user' })
  await expect(client.get('/v1/me')).rejects.toBeTruthy()
  expect(countCalls(device, 'login')).toBe(1)
})
