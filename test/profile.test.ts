import { createCipheriv } from 'node:crypto'
import { expect, it } from 'vitest'
import { openStage, shareStage } from './stage.js'

const real = { era: '2021-04', baseLibrary: '2.20.0' } as const

it('takes a nickname that the user typed, and shows it at the next login', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const { status, json } = await stage.send('PUT', '/v1/me', { token, body: { nickname: ' 小红 ' } })
  expect([status, json.profile]).toMatchObject([200, { nickname: '小红', source: 'user', avatarUrl: null }])
  const login = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  expect(login.json.user).toMatchObject({ profile: { nickname: '小红' } })
})

const quiet = shareStage()

it.each(['', '   ', 'a\u0000b', 'x\u202Ey', 'x'.repeat(65), '微信用户'])('IN-ME-NICKNAME, T14: refuses the nickname %j with profile_rejected', async (nickname) => {
  const token = await quiet().login()
  expect((await quiet().send('PUT', '/v1/me', { token, body: { nickname } })).json).toMatchObject({ status: 422, code: 'profile_rejected', action: 'ask_user' })
})

it.each([5, null, true, {}, ['小红']])('IN-ME-NICKNAME: refuses the nickname %j, which is no text, with validation_failed', async (nickname) => {
  const token = await quiet().login()
  expect((await quiet().send('PUT', '/v1/me', { token, body: { nickname } })).json).toMatchObject({ status: 400, code: 'validation_failed', errors: [{ path: '/nickname' }] })
})

it('IN-ME-FIELDS: what else a client says of its user changes nothing', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const before = await stage.auth.users.get((await stage.auth.verify(token)).uid)
  const body = { role: 'admin', uid: 'u_x', openid: 'oX', unionid: 'oU', phone: '13800138000', status: 'admin', avatarUrl: 'https://evil.test/a.png', avatar: 'x', bannedAt: null, externalId: 'x', createdAt: 1 }
  expect((await stage.send('PUT', '/v1/me', { token, body })).json).toMatchObject({ uid: before!.uid, profile: null, phone: null })
  expect(await stage.auth.users.get(before!.uid)).toEqual(before)
})

it('keeps what getUserProfile handed out in a tap', async () => {
  const stage = await openStage()
  const { device, client } = stage.phone(real)
  await client.ready()
  await device.tap(() => client.profile.fromTap({ desc: '用于完善会员资料' }))
  const { data } = await client.get('/v1/me')
  expect(data).toMatchObject({ profile: { nickname: stage.emulator.people[0]!.nickName, source: 'wechat' } })
})

it('recognises today’s placeholder and keeps nothing of it', async () => {
  const stage = await openStage()
  const { device, client } = stage.phone({ era: 'today' })
  await client.ready()
  expect(await device.tap(() => client.profile.fromTap({ desc: '用于完善会员资料' }))).toMatchObject({ anonymous: true })
  expect((await client.get('/v1/me')).data).toMatchObject({ profile: null })
})

it('opens data that was signed under the key of an earlier login: F42', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const signed = stage.emulator.profileOf({ appid: stage.appid, person: stage.person })
  await stage.login()
  expect((await stage.post('/v1/me/profile', signed, token)).status).toBe(200)
})

it('IN-PROFILE-SIGNED, IN-DATA-FORM, SEC-WX-ORACLE: answers every failure with the same status, headers and bytes', async () => {
  const stage = await openStage({ server: { decryptBudget: false }, emulator: { people: [{}, {}] } })
  const token = await stage.login()
  await stage.login(stage.emulator.people[1]!.id)
  const signed = stage.emulator.profileOf({ appid: stage.appid, person: stage.person })
  const foreign = stage.emulator.profileOf({ appid: stage.appid, person: stage.emulator.people[1]!.id })
  const block = Buffer.alloc(16)
  const underOtherKey = (text: string): string => {
    const cipher = createCipheriv('aes-128-cbc', block, Buffer.from(signed.iv, 'base64'))
    return Buffer.concat([cipher.update(text), cipher.final()]).toString('base64')
  }
  const failures: Record<string, object> = {
    'a wrong signature': { ...signed, signature: 'f'.repeat(40) },
    'a signature that is none': { ...signed, signature: 'x' },
    'changed rawData': { ...signed, rawData: signed.rawData.replace('{', '{ ') },
    'somebody else’s data': foreign,
    'somebody else’s encryptedData': { ...signed, encryptedData: foreign.encryptedData, iv: foreign.iv },
    'another key': { ...signed, encryptedData: underOtherKey('{}') },
    'bad base64': { ...signed, encryptedData: '!!' },
    'a broken length': { ...signed, encryptedData: Buffer.alloc(17).toString('base64') },
    'bad padding': { ...signed, encryptedData: Buffer.concat([Buffer.from(signed.encryptedData, 'base64').subarray(0, -16), block]).toString('base64') },
    'a flipped iv': { ...signed, iv: block.toString('base64') },
    'a short iv': { ...signed, iv: 'AAAA' },
    'no iv': { rawData: signed.rawData, signature: signed.signature, encryptedData: signed.encryptedData },
    'no rawData': { signature: signed.signature },
    'a number for rawData': { ...signed, rawData: 5 },
  }
  const answers = []
  for (const body of Object.values(failures)) answers.push(await stage.post('/v1/me/profile', body, token))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 400))
  expect(answers[0]!.json).toMatchObject({ code: 'encrypted_data_invalid', action: 'ask_user' })
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  const shape = ({ headers }: { headers: Headers }): string => JSON.stringify([...headers].filter(([name]) => name !== 'date').map(([name, value]) => name === 'x-request-id' ? [name, value.length] : [name, value]))
  expect(new Set(answers.map(shape)).size).toBe(1)
})

it('IN-DATA-ABOUT, T09, SEC-WX-REPLAY: refuses data whose watermark is eleven minutes old, with the same bytes as any other failure', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const signed = stage.emulator.profileOf({ appid: stage.appid, person: stage.person })
  const wrong = await stage.post('/v1/me/profile', { ...signed, signature: 'f'.repeat(40) }, token)
  stage.emulator.clock.advance(11 * 60_000)
  const old = await stage.post('/v1/me/profile', signed, token)
  expect([old.status, old.text]).toEqual([400, wrong.text])
})

it('T09, SEC-WX-REPLAY: takes the same data once, from one of 20 parallel requests', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const signed = stage.emulator.profileOf({ appid: stage.appid, person: stage.person })
  const answers = await Promise.all(Array.from({ length: 20 }, () => stage.post('/v1/me/profile', signed, token)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 400 || status === 429)).toHaveLength(19)
})

it('IN-DATA-BUDGET, T08: stops after five failures of a session, and tells when to come back; another session goes on until the user’s twenty', async () => {
  const stage = await openStage()
  const wrong = { rawData: '{}', signature: 'f'.repeat(40) }
  const statuses: number[] = []
  for (let session = 0; session < 5; session++) {
    const token = await stage.login()
    for (let attempt = 0; attempt < 6; attempt++) statuses.push((await stage.post('/v1/me/profile', wrong, token)).status)
  }
  const five = [400, 400, 400, 400, 400, 429]
  expect(statuses).toEqual([...five, ...five, ...five, ...five, 429, 429, 429, 429, 429, 429])
  const token = await stage.login()
  const spent = await stage.post('/v1/me/profile', stage.emulator.profileOf({ appid: stage.appid, person: stage.person }), token)
  expect([spent.json.code, spent.json.action, spent.headers.get('retry-after')]).toEqual(['decrypt_budget_spent', 'retry_later', '86400'])
  stage.emulator.clock.advance(86_400_001)
  await stage.login()
  const fresh = stage.emulator.profileOf({ appid: stage.appid, person: stage.person })
  expect((await stage.post('/v1/me/profile', fresh, token)).status).toBe(200)
})
