import path from 'node:path'
import { expect, it } from 'vitest'
import { readDatabase } from './database.js'
import { countCalls, openStage } from './stage.js'

interface Listed { readonly sessionId: string, readonly device: string | null, readonly current: boolean }

it('lists where the user is logged in, names the devices, and marks the session that asks', async () => {
  const stage = await openStage({ emulator: { people: [{}, {}] } })
  const login = async (device: string, person = stage.person): Promise<string> =>
    (await stage.post('/v1/login', { appid: stage.appid, code: stage.code({ person }), device })).json.token as string
  const phone = await login('iPhone 小明')
  stage.emulator.clock.advance(1000)
  await login('iPad')
  await login('somebody else’s', stage.emulator.people[1]!.id)
  const { status, json, text } = await stage.send('GET', '/v1/sessions', { token: phone })
  const sessions = json.sessions as Listed[]
  expect(status).toBe(200)
  expect(sessions.map(({ device, current }) => [device, current])).toEqual([['iPad', false], ['iPhone 小明', true]])
  expect(text).not.toContain(phone)
})

it.each([['a\u0000b', 'ab'], ['\u202EenohPi\u2066', 'enohPi'], ['  e\u0301\n', 'é'], ['\u0007', null]])('IN-LOGIN-DEVICE: of the device %j the list shows %j: nothing that cannot be seen or turns the text around it', async (device, shown) => {
  const stage = await openStage()
  const { json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code(), device })
  expect((await stage.send('GET', '/v1/sessions', { token: json.token as string })).json.sessions).toMatchObject([{ device: shown }])
})

it('ends one session from another device: that phone must ask its user, this one goes on', async () => {
  const stage = await openStage()
  const [mine, theirs] = [await stage.login(), await stage.login()]
  const { sessionId } = (await stage.send('GET', '/v1/session', { token: theirs })).json as { sessionId: string }
  expect((await stage.send('DELETE', `/v1/sessions/${sessionId}`, { token: mine })).status).toBe(204)
  expect((await stage.send('GET', '/v1/me', { token: theirs })).json).toMatchObject({ code: 'session_revoked', action: 'ask_user', reason: 'ended_elsewhere' })
  expect((await stage.send('GET', '/v1/me', { token: mine })).status).toBe(200)
})

it('IN-SESSIONS-ID, T31, T58: answers the same not_found for an unknown id, a malformed one, and somebody else’s', async () => {
  const stage = await openStage({ emulator: { people: [{}, {}] } })
  const [mine, stranger] = [await stage.login(), await stage.login(stage.emulator.people[1]!.id)]
  const { sessionId } = (await stage.send('GET', '/v1/session', { token: stranger })).json as { sessionId: string }
  const answers = await Promise.all([sessionId, `s_${'A'.repeat(22)}`, 'nonsense', '%2e%2e', 's_'].map((id) => stage.send('DELETE', `/v1/sessions/${id}`, { token: mine })))
  const shapes = answers.map(({ status, text, json }) => [status, text.replace(json.request_id as string, '')])
  expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1)
  expect(shapes[0]![0]).toBe(404)
  expect((await stage.send('GET', '/v1/me', { token: stranger })).status).toBe(200)
})

it('IN-SESSIONS-AGAIN: ending a session that has ended is done: a phone whose answer got lost asks again; a stranger hears not_found still', async () => {
  const stage = await openStage({ emulator: { people: [{}, {}] } })
  const [mine, theirs, stranger] = [await stage.login(), await stage.login(), await stage.login(stage.emulator.people[1]!.id)]
  const { sessionId } = (await stage.send('GET', '/v1/session', { token: theirs })).json as { sessionId: string }
  const end = async (token: string): Promise<number> => (await stage.send('DELETE', `/v1/sessions/${sessionId}`, { token })).status
  expect([await end(mine), await end(mine), await end(stranger)]).toEqual([204, 204, 404])
  expect((await stage.auth.audit.read()).filter(({ event }) => event === 'session_ended')).toHaveLength(1)
})

it('IN-SESSIONS-QUERY, IN-SESSIONS-BODY: passes over a query of the list and a body of the end', async () => {
  const stage = await openStage()
  const [mine, theirs] = [await stage.login(), await stage.login()]
  for (const query of ['limit=0', 'limit=-1', 'limit=1e9', 'cursor=x']) expect((await stage.send('GET', `/v1/sessions?${query}`, { token: mine })).json.sessions).toHaveLength(2)
  const { sessionId } = (await stage.send('GET', '/v1/session', { token: theirs })).json as { sessionId: string }
  expect((await stage.send('DELETE', `/v1/sessions/${sessionId}`, { token: mine, body: '{"sessionId":' })).status).toBe(204)
})

it('IN-SESSIONS-STORE: an end that could not be stored is answered 503, and the session stands', async () => {
  const stage = await openStage()
  const [mine, theirs] = [await stage.login(), await stage.login()]
  const { sessionId } = (await stage.send('GET', '/v1/session', { token: theirs })).json as { sessionId: string }
  const db = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
  db.all('create trigger no_end before update of ended_at on sessions begin select raise(abort, \'full\'); end')
  db.close()
  expect((await stage.send('DELETE', `/v1/sessions/${sessionId}`, { token: mine })).json).toMatchObject({ status: 503, code: 'store_unavailable', action: 'retry_later' })
  expect((await stage.send('GET', '/v1/me', { token: theirs })).status).toBe(200)
})

it('device policy: a login beyond the number ends the oldest session, which stays ended over a restart', async () => {
  const stage = await openStage({ server: { mostSessions: 1 } })
  const { device, client } = stage.phone()
  await client.ready()
  stage.emulator.clock.advance(1)
  const newer = await stage.login()
  await expect(client.get('/v1/me')).rejects.toMatchObject({ action: 'ask_user', problem: { reason: 'replaced' } })
  expect(countCalls(device, 'login')).toBe(1)
  await stage.restart()
  expect((await stage.send('GET', '/v1/me', { token: newer })).status).toBe(200)
})

it('IN-LOGIN-BANNED, SEC-KC-WV3H, T28: a ban ends every session at once, refuses the login, and the client neither loops nor logs in', async () => {
  const stage = await openStage()
  const { device, client } = stage.phone()
  const { user } = await client.ready()
  expect(await stage.auth.users.ban(user.uid)).toBe(true)
  expect(await client.get('/v1/me')).toMatchObject({ statusCode: 403, data: { code: 'user_disabled', action: 'contact_admin' } })
  expect((await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })).json).toMatchObject({ status: 403, code: 'user_disabled', action: 'contact_admin' })
  expect(countCalls(device, 'login')).toBe(1)

  expect(await stage.auth.users.endSessions(user.uid)).toBe(true)
  expect(await client.get('/v1/me')).toMatchObject({ statusCode: 403 })
  expect(await stage.auth.users.unban(user.uid)).toBe(true)
  const { json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  expect(json.user).toMatchObject({ uid: user.uid, isNew: false })
  expect(await stage.auth.users.ban('u_AAAAAAAAAAAAAAAAAAAAAA')).toBe(false)
})

it('a phone whose user’s ban was lifted logs in again by itself', async () => {
  const stage = await openStage()
  const { device, client } = stage.phone()
  const { user } = await client.ready()
  await stage.auth.users.ban(user.uid)
  expect((await client.get('/v1/me')).statusCode).toBe(403)
  await stage.auth.users.unban(user.uid)
  expect((await client.get('/v1/me')).statusCode).toBe(200)
  expect(countCalls(device, 'login')).toBe(2)
})

it('T28: a ban takes effect for the login that is under way', async () => {
  const stage = await openStage()
  const { json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  const { uid } = json.user as { uid: string }
  stage.emulator.fault({ where: '/sns/jscode2session', delayMs: 50 })
  const atWechat = new Promise<void>((resolve) => { stage.emulator.traffic.subscribe(() => resolve()) })
  const login = stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  await atWechat
  await stage.auth.users.ban(uid)
  expect((await login).json.code).toBe('user_disabled')
})

it('tells a back end who a user is, with the openid of each app', async () => {
  const stage = await openStage()
  const { json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  const { uid } = json.user as { uid: string }
  expect(await stage.auth.users.get(uid)).toMatchObject({ uid, bannedAt: null, profile: null, identities: [{ appid: stage.appid, unionid: null }] })
  expect(await stage.auth.users.get('u_AAAAAAAAAAAAAAAAAAAAAA')).toBeNull()
  expect(await stage.auth.users.endSessions(uid)).toBe(true)
  expect((await stage.send('GET', '/v1/me', { token: json.token as string })).json).toMatchObject({ code: 'session_revoked' })
})
