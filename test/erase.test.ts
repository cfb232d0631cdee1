import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { openStage } from './stage.js'
import type { Reply, Stage } from './stage.js'

const NUMBER = '13800138000'
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const people = [{ phoneNumber: NUMBER, nickName: '独一无二的名字' }, {}]

const erase = (stage: Stage, token: string, at?: string): Promise<Reply> => stage.send('POST', '/v1/me/erase', { token, ...(at !== undefined && { at }) })
const look = (stage: Stage, token: string, at?: string): Promise<Reply> => stage.send('GET', '/v1/me', { token, ...(at !== undefined && { at }) })
const uidOf = async (stage: Stage, token: string): Promise<string> => (await look(stage, token)).json.uid as string

/** A person who has given everything there is. */
async function fillIn(stage: Stage): Promise<string> {
  const token = await stage.login()
  await stage.post('/v1/me/profile', stage.emulator.profileOf({ appid: stage.appid, person: stage.person }), token)
  await stage.send('PUT', '/v1/me', { token, body: { nickname: '独一无二的名字' } })
  await stage.post('/v1/me/phone', { code: stage.emulator.issuePhoneCode({ appid: stage.appid, person: stage.person }) }, token)
  await stage.send('PUT', '/v1/me/consents/profile', { token, body: { version: '1' } })
  const form = new FormData()
  form.append('avatar', new Blob([Uint8Array.from(PNG)]), 'me.png')
  await fetch(`${stage.url}/v1/me/avatar`, { method: 'POST', body: form, headers: { authorization: `Bearer ${token}` } })
  await stage.post('/v1/tickets', {}, token)
  return token
}

it('T60: exports everything that is held on the user, the phone number whole', async () => {
  const stage = await openStage({ emulator: { people } })
  const token = await fillIn(stage)
  const { status, json } = await stage.send('GET', '/v1/me/export', { token })
  expect(status).toBe(200)
  const user = await stage.auth.users.get(json.uid as string)
  expect(json).toMatchObject({
    profile: { nickname: '独一无二的名字', avatarUrl: expect.stringMatching(/\.png$/) as string },
    phone: { number: `+86${NUMBER}` }, identities: user!.identities, sessions: [{ appid: stage.appid, endedAt: null }], consents: [{ purpose: 'profile', version: '1', withdrawnAt: null }],
  })
  expect((json.events as { event: string }[]).map(({ event }) => event)).toEqual(['first_login', 'phone_bound', 'consent_given', 'exported'])
  expect(JSON.stringify(json)).not.toContain('session_key')
})

it('T31: exports and erases nobody but the user of the token', async () => {
  const stage = await openStage({ emulator: { people } })
  const [mine, other] = [await fillIn(stage), await stage.login(stage.emulator.people[1]!.id)]
  const { json } = await stage.send('GET', '/v1/me/export', { token: other })
  expect(json).toMatchObject({ profile: null, phone: null, consents: [] })
  await erase(stage, other)
  expect((await look(stage, mine)).status).toBe(200)
})

it('IN-ERASE-AGAIN, IN-ERASE-MEANWHILE, T28, T60, SEC-BA-2VG6: erases the user with a receipt; his sessions end on every server, and the same token gets the same receipt', async () => {
  const stage = await openStage({ emulator: { people } })
  const second = await stage.another({ feed: { pollMs: 60_000, maxAgeMs: 0 } })
  const [token, elsewhere] = [await fillIn(stage), await stage.login()]
  const receipt = await erase(stage, token)
  expect(receipt).toMatchObject({ status: 200, json: { what: { identities: 1, sessions: 2, phones: 1, consents: 1, avatars: 1 } } })
  for (const [dead, at] of [[token, stage.url], [elsewhere, stage.url], [elsewhere, second.service.url]] as const) {
    expect((await look(stage, dead, at)).json).toMatchObject({ status: 401, code: 'session_revoked', reason: 'erased', action: 'ask_user' })
  }
  expect((await erase(stage, token)).json).toEqual(receipt.json)
  expect((await erase(stage, elsewhere, second.service.url)).json).toEqual(receipt.json)
  await stage.restart()
  expect((await look(stage, elsewhere)).json.reason).toBe('erased')
  expect((await erase(stage, token)).json).toEqual(receipt.json)
  expect((await stage.auth.audit.read()).at(-1)).toMatchObject({ event: 'erased', subject: receipt.json.id })
  expect(await stage.auth.audit.verify()).toMatchObject({ intact: true })
})

it('SEC-SB-2049: a login after the erasure is 200, a new user of whom nothing is known; the old token opens nothing', async () => {
  const stage = await openStage({ emulator: { people } })
  const token = await fillIn(stage)
  const before = await uidOf(stage, token)
  await erase(stage, token)
  const { status, json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  expect([status, json.user]).toMatchObject([200, { isNew: true }])
  expect((await look(stage, json.token as string)).json).toMatchObject({ profile: null, phone: null })
  expect((json.user as { uid: string }).uid).not.toBe(before)
  expect((await look(stage, token)).status).toBe(401)
  expect((await stage.send('GET', '/v1/me/export', { token: json.token as string })).json.events).toHaveLength(2)
})

it('a phone whose user was erased does not log in again by itself, and does when its user wants to', async () => {
  const stage = await openStage({ emulator: { people } })
  const { client } = stage.phone()
  await client.login()
  await stage.auth.users.erase((await stage.auth.verify(client.session!.token)).uid)
  await expect(client.request({ url: '/v1/me' })).rejects.toMatchObject({ code: 'SESSION_REJECTED', action: 'ask_user' })
  await expect(client.request({ url: '/v1/me' })).rejects.toMatchObject({ code: 'SIGNED_OUT' })
  expect((await client.login()).user.isNew).toBe(true)
})

it.each([['GET', '/v1/me/export'], ['POST', '/v1/me/erase']])('IN-ERASE-OLD: asks for a fresh login at %s %s when the last one is 5 minutes old, and for any without a session', async (method, route) => {
  const stage = await openStage()
  const token = await stage.login()
  stage.emulator.clock.advance(5 * 60_000 + 1000)
  expect((await stage.send(method, route, { token })).json).toMatchObject({ status: 403, code: 'reauth_required', action: 'ask_user' })
  expect((await stage.send(method, route, { token: await stage.login() })).status).toBe(200)
  expect((await stage.send(method, route)).json.code).toBe('token_missing')
  expect((await stage.send(method, route, { token: 'x' })).json.code).toBe('session_unknown')
})

it('T60: no byte of the person is left: not in the database file, its log, the pictures, nor in what the server logged', async () => {
  const stage = await openStage({ emulator: { apps: [{ openPlatform: 'p' }] as object[], people } })
  const token = await fillIn(stage)
  const uid = await uidOf(stage, token)
  const [{ openid, unionid }] = (await stage.auth.users.get(uid))!.identities as unknown as [{ openid: string, unionid: string | null }]
  const avatars = path.join(stage.dataDir, 'avatars')
  const words = [uid, openid, ...(unionid === null ? [] : [unionid]), NUMBER, '独一无二的名字', readdirSync(avatars)[0]!]
  const places = (): string => ['tongxing.db', 'tongxing.db-wal', 'tongxing.db-shm'].map((name) => path.join(stage.dataDir, name))
    .filter((file) => existsSync(file)).map((file) => readFileSync(file).toString()).join('\n')
  expect(words.filter((word) => !places().includes(word))).toEqual([NUMBER])
  await erase(stage, token)
  expect(words.filter((word) => places().includes(word) || stage.logs.join('').includes(word))).toEqual([])
  expect(readdirSync(avatars)).toEqual([])
})

it('T61: a request under way when its user was erased stores nothing of him', async () => {
  const stage = await openStage({ emulator: { people } })
  const late = await stage.another({ feed: { pollMs: 60_000, maxAgeMs: 300_000 } })
  const token = await stage.login()
  await erase(stage, token)
  const at = late.service.url
  const code = stage.emulator.issuePhoneCode({ appid: stage.appid, person: stage.person })
  const answers = [
    await stage.send('POST', '/v1/me/phone', { token, at, body: { code } }),
    await stage.send('PUT', '/v1/me', { token, at, body: { nickname: '小明' } }),
    await stage.send('PUT', '/v1/me/consents/profile', { token, at, body: { version: '1' } }),
    await stage.send('POST', '/v1/tickets', { token, at }),
    await stage.send('GET', '/v1/me', { token, at }),
  ]
  expect(answers.map(({ json }) => [json.code, json.reason])).toEqual(answers.map(() => ['session_revoked', 'erased']))
  expect(await erase(stage, token, at)).toMatchObject({ status: 200, json: { what: { identities: 1 } } })
})

it('T61: whoever was erased is erased again from a restored backup; who logged in anew since stays', async () => {
  const stage = await openStage({ server: { feed: { maxAgeMs: 0 } }, emulator: { people } })
  const [gone, stays] = [await fillIn(stage), await stage.login(stage.emulator.people[1]!.id)]
  const [uid, other] = [await uidOf(stage, gone), await uidOf(stage, stays)]
  const [file, backup] = [path.join(stage.dataDir, 'tongxing.db'), path.join(stage.dataDir, 'backup.db')]
  await stage.restart()
  copyFileSync(file, backup)
  await erase(stage, gone)
  const tombstones = await stage.auth.erasures.tombstones()
  expect(JSON.stringify(tombstones)).not.toContain(uid)
  const restored = await stage.another({ store: `sqlite:${backup}`, dataDir: stage.dataDir })
  expect(await restored.auth.users.get(uid)).not.toBeNull()
  expect(await restored.auth.erasures.applyTombstones(tombstones)).toBe(1)
  expect([await restored.auth.users.get(uid), (await restored.auth.users.get(other))?.uid]).toEqual([null, other])
  await stage.send('POST', '/v1/login', { body: { appid: stage.appid, code: stage.code() }, at: restored.service.url })
  expect(await restored.auth.erasures.applyTombstones(tombstones)).toBe(0)
  rmSync(backup)
})

it('SEC-SB-2049, T61: erasures race logins of the same person on two servers: never a 5xx, never two users of one identity, never half a user', async () => {
  const stage = await openStage({ emulator: { people } })
  const second = await stage.another()
  for (let round = 0; round < 4; round++) {
    const token = await stage.login()
    const racing = Array.from({ length: 8 }, (_, i) => stage.send('POST', '/v1/login', { body: { appid: stage.appid, code: stage.code() }, at: i % 2 ? stage.url : second.service.url }))
    const [receipt, ...logins] = await Promise.all([erase(stage, token), ...racing])
    expect(receipt.status).toBe(200)
    expect(logins.map(({ status }) => status)).toEqual(logins.map(() => 200))
    const checks = await Promise.all(logins.map(({ json }) => stage.auth.verify(json.token as string, { strict: true }).then(({ uid }) => uid, ({ reason }: { reason?: string }) => reason)))
    expect(new Set(checks.filter((outcome) => outcome !== 'erased')).size).toBeLessThanOrEqual(1)
  }
})

it('T61: erasures race the binding of a phone number: afterwards there is no number without its user', async () => {
  const stage = await openStage({ emulator: { people } })
  const second = await stage.another()
  for (let round = 0; round < 4; round++) {
    const token = await stage.login()
    const uid = await uidOf(stage, token)
    const code = stage.emulator.issuePhoneCode({ appid: stage.appid, person: stage.person })
    const [bound, receipt] = await Promise.all([stage.send('POST', '/v1/me/phone', { token, body: { code }, at: second.service.url }), erase(stage, token)])
    expect(receipt.status).toBe(200)
    expect([200, 401]).toContain(bound.status)
    expect(await stage.auth.users.phoneOf(uid)).toBeNull()
  }
})
