import { createCipheriv } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { ButtonTap } from '@tongxing/emulator'
import { generateKeyRing } from '@tongxing/server'
import { expect, it } from 'vitest'
import { readDatabase } from './database.js'
import { openStage, shareStage } from './stage.js'
import type { Stage } from './stage.js'

const NUMBER = '13800138000'
const people = [{ phoneNumber: NUMBER }, {}]

const phoneCode = (stage: Stage, person = stage.person): string => stage.emulator.issuePhoneCode({ appid: stage.appid, person })

function exchanges(stage: Stage): number {
  return stage.emulator.traffic.list().filter(({ kind, name }) => kind === 'call' && name.includes('getuserphonenumber')).length
}

it('binds the number of the phone button: masked on the wire, whole for the back end', async () => {
  const stage = await openStage({ emulator: { people } })
  const token = await stage.login()
  const bound = await stage.post('/v1/me/phone', { code: phoneCode(stage) }, token)
  expect(bound.json).toMatchObject({ phone: { masked: '138****8000', countryCode: '86' } })
  const me = await stage.send('GET', '/v1/me', { token })
  expect(me.json.phone).toMatchObject({ masked: '138****8000' })
  expect(await stage.auth.users.phoneOf(me.json.uid as string)).toBe(`+86${NUMBER}`)
  expect(await stage.auth.users.phoneOf('u_AAAAAAAAAAAAAAAAAAAAAA')).toBeNull()
})

it('IN-PHONE-ELSEWHERE: takes a number over from whoever had it: numbers are handed on to new owners (T37)', async () => {
  const stage = await openStage({ emulator: { people: [{ phoneNumber: NUMBER }, { phoneNumber: NUMBER }] } })
  const [first, second] = [await stage.login(), await stage.login(stage.emulator.people[1]!.id)]
  await stage.post('/v1/me/phone', { code: phoneCode(stage) }, first)
  await stage.post('/v1/me/phone', { code: phoneCode(stage, stage.emulator.people[1]!.id) }, second)
  expect((await stage.send('GET', '/v1/me', { token: first })).json.phone).toBeNull()
  expect((await stage.send('GET', '/v1/me', { token: second })).json.phone).toMatchObject({ masked: '138****8000' })
})

it('SEC-CD-9092: binds no number that WeChat did not vouch for, wherever a client puts it', async () => {
  const stage = await openStage({ emulator: { apps: [{}, {}], people }, server: { phoneEncryptedData: true } })
  const number = { phone: NUMBER, phoneNumber: NUMBER, purePhoneNumber: NUMBER, number: NUMBER, countryCode: '86', phone_info: { purePhoneNumber: NUMBER, countryCode: '86', watermark: { appid: stage.appid } } }
  const login = await stage.post('/v1/login', { appid: stage.appid, code: stage.code(), ...number, extra: number })
  const token = login.json.token as string
  const forged = (key: Buffer): object => {
    const iv = Buffer.alloc(16)
    const cipher = createCipheriv('aes-128-cbc', key, iv)
    return { encryptedData: Buffer.concat([cipher.update(JSON.stringify({ ...number, watermark: { appid: stage.appid, timestamp: Math.floor(stage.emulator.clock.now() / 1000) } })), cipher.final()]).toString('base64'), iv: iv.toString('base64') }
  }
  const { encryptedData } = stage.emulator.phoneDataOf({ appid: stage.appid, person: stage.person })
  const answers = await Promise.all([
    number, { code: NUMBER, ...number }, { code: stage.code(), ...number }, { code: phoneCode({ ...stage, appid: stage.emulator.apps[1]!.appid }), ...number },
    { ...forged(Buffer.alloc(16)), ...number }, { encryptedData, iv: Buffer.alloc(16, 7).toString('base64'), ...number },
  ].map((body) => stage.post('/v1/me/phone', body, token)))
  expect(answers.map(({ json }) => json.code)).toEqual(['validation_failed', 'wx_code_invalid', 'wx_code_invalid', 'wx_code_invalid', 'encrypted_data_invalid', 'encrypted_data_invalid'])
  await stage.send('PUT', '/v1/me', { token, body: { nickname: '小红', ...number } })
  for (const phone_info of [{ purePhoneNumber: '１３８００１３８０００', countryCode: '86', watermark: { appid: stage.appid } }, { purePhoneNumber: NUMBER, countryCode: '86' }]) {
    stage.emulator.fault({ where: '/wxa/business/getuserphonenumber', body: JSON.stringify({ errcode: 0, phone_info }) })
    expect((await stage.post('/v1/me/phone', { code: phoneCode(stage) }, token)).json.code).toBe('wx_bad_response')
  }
  expect((await stage.send('GET', '/v1/me', { token })).json.phone).toBeNull()
  expect(await stage.auth.users.phoneOf((await stage.auth.verify(token)).uid)).toBeNull()
})

it('finds an equal number also after the sealing key was rotated', async () => {
  const [old, fresh] = [generateKeyRing(), generateKeyRing()]
  const stage = await openStage({ server: { keys: old }, emulator: { people: [{ phoneNumber: NUMBER }, { phoneNumber: NUMBER }] } })
  const [first, second] = [await stage.login(), await stage.login(stage.emulator.people[1]!.id)]
  await stage.post('/v1/me/phone', { code: phoneCode(stage) }, first)
  await stage.restart({ keys: `${fresh},${old}` })
  expect((await stage.send('GET', '/v1/me', { token: first })).json.phone).toMatchObject({ masked: '138****8000' })
  await stage.post('/v1/me/phone', { code: phoneCode(stage, stage.emulator.people[1]!.id) }, second)
  expect((await stage.send('GET', '/v1/me', { token: first })).json.phone).toBeNull()
})

it('64: pays once for a double tap, and for any number of tries with the same code', async () => {
  const stage = await openStage({ emulator: { people } })
  const token = await stage.login()
  const code = phoneCode(stage)
  const answers = await Promise.all([1, 2, 3].map(() => stage.post('/v1/me/phone', { code }, token)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect((await stage.post('/v1/me/phone', { code }, token)).status).toBe(200)
  expect(exchanges(stage)).toBe(1)
})

const quiet = shareStage({ emulator: { people } })

it.each<[string, (stage: Stage) => unknown, number, string, string]>([
  ['IN-PHONE-CODE: a code of wx.login', (stage) => stage.code(), 401, 'wx_code_invalid', 'ask_user'],
  ['IN-PHONE-CODE: a code of nobody', () => 'abc', 401, 'wx_code_invalid', 'ask_user'],
  ['IN-PHONE-FORM: no code', () => undefined, 400, 'validation_failed', 'fix_request'],
  ['IN-PHONE-FORM: an empty code', () => '', 400, 'validation_failed', 'fix_request'],
  ['IN-PHONE-FORM: a code that is a number', () => 5, 400, 'validation_failed', 'fix_request'],
  ['IN-PHONE-FORM: a code of 257 characters', () => 'a'.repeat(257), 400, 'validation_failed', 'fix_request'],
  ['IN-PHONE-FORM: a code that brings its own parameters', () => 'x&a=b', 400, 'validation_failed', 'fix_request'],
])('refuses %s', async (_name, code, status, error, action) => {
  const token = await quiet().login()
  expect((await quiet().post('/v1/me/phone', { code: code(quiet()) }, token)).json).toMatchObject({ status, code: error, action })
})

it('IN-PHONE-CODE, T07, SEC-CD-9094: refuses a code that is five minutes old, and one of another app', async () => {
  const stage = await openStage({ emulator: { apps: [{}, {}], people } })
  const token = await stage.login()
  const foreign = stage.emulator.issuePhoneCode({ appid: stage.emulator.apps[1]!.appid, person: stage.person })
  expect((await stage.post('/v1/me/phone', { code: foreign }, token)).json).toMatchObject({ code: 'wx_code_invalid', action: 'ask_user' })
  const late = phoneCode(stage)
  stage.emulator.clock.advance(5 * 60_000 + 1)
  expect((await stage.post('/v1/me/phone', { code: late }, token)).json.code).toBe('wx_code_invalid')
})

it.each([
  ['names another app', { errcode: 0, phone_info: { purePhoneNumber: NUMBER, countryCode: '86', watermark: { appid: 'wx0000000000000000' } } }],
  ['has no number', { errcode: 0, phone_info: {} }],
  ['has no phone_info', { errcode: 0 }],
])('IN-PHONE-WECHAT: answers wx_bad_response with ask_user when WeChat’s answer %s', async (_name, body) => {
  const stage = await openStage({ emulator: { people } })
  const token = await stage.login()
  stage.emulator.fault({ where: '/wxa/business/getuserphonenumber', body: JSON.stringify(body) })
  expect((await stage.post('/v1/me/phone', { code: phoneCode(stage) }, token)).json).toMatchObject({ status: 502, code: 'wx_bad_response', action: 'ask_user' })
})

it('62: client.phone() gives the masked number of a tap on WeChat’s button, and tells refusal, privacy, quota and old libraries apart', async () => {
  const stage = await openStage({ emulator: { people } })
  const { client, device } = stage.phone()
  const app = stage.emulator.apps.find(({ appid }) => appid === stage.appid)!
  const tap = async (how?: ButtonTap, on = device) => client.phone({ detail: (await on.tapButton('getPhoneNumber', how))! })
  expect(await tap()).toMatchObject({ masked: '138****8000' })
  await expect(tap({ turnsBack: 'login' })).rejects.toMatchObject({ code: 'USER_DENIED', message: 'getPhoneNumber:fail:cancel to confirm login' })
  device.answer = { getPhoneNumber: 'deny' }
  await expect(tap()).rejects.toMatchObject({ code: 'USER_DENIED', message: 'getPhoneNumber:fail user deny' })
  app.phoneButton = { quota: 0 }
  await expect(tap()).rejects.toMatchObject({ code: 'PHONE_QUOTA' })
  app.phoneButton = { entitled: false }
  await expect(tap()).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  device.erase()
  await expect(tap({}, stage.phone({ answer: { privacy: 'deny' } }).device)).rejects.toMatchObject({ code: 'PRIVACY_DENIED' })
  await expect(client.phone({ detail: { errMsg: 'getPhoneNumber:ok' } })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
})

it('64: client.phone() sends the code of a double tap once, and asks for a new tap when it was of no use', async () => {
  const stage = await openStage({ emulator: { people } })
  const { client } = stage.phone()
  const event = { detail: { code: phoneCode(stage) } }
  const [one, other] = await Promise.all([client.phone(event), client.phone(event)])
  expect(one).toEqual(other)
  expect(exchanges(stage)).toBe(1)
  await expect(client.phone({ detail: { code: 'abc' } })).rejects.toMatchObject({ code: 'REFUSED', action: 'ask_user' })
})

it('T20: leaves no number in the clear: not in the database, not in the logs', async () => {
  const stage = await openStage({ emulator: { people } })
  const token = await stage.login()
  await stage.post('/v1/me/phone', { code: phoneCode(stage) }, token)
  const places = readdirSync(stage.dataDir).map((name) => readFileSync(path.join(stage.dataDir, name), 'latin1'))
  for (const place of [...places, stage.logs.join('')]) expect(place.includes(NUMBER)).toBe(false)
})

it('F02: a number that is paid for is not lost while the database fails: the same code gives it later, and is paid once', async () => {
  const stage = await openStage({ emulator: { people } })
  const token = await stage.login()
  const code = phoneCode(stage)
  const database = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
  // Writing a number fails, and nothing else does: the exchange has been paid by then.
  database.all('create trigger broken before insert on phones begin select raise(abort, \'disk full\'); end')
  expect((await stage.post('/v1/me/phone', { code }, token)).json).toMatchObject({ status: 503, code: 'store_unavailable', action: 'retry_later' })
  database.all('drop trigger broken')
  database.close()
  expect((await stage.post('/v1/me/phone', { code }, token)).json).toMatchObject({ phone: { masked: '138****8000' } })
  expect(exchanges(stage)).toBe(1)
})

it('IN-PHONE-CODE: an answer that got lost is given again for the same code, also by another server, and to nobody else', async () => {
  const stage = await openStage({ emulator: { people } })
  const [token, other] = [await stage.login(), await stage.login(stage.emulator.people[1]!.id)]
  const code = phoneCode(stage)
  await stage.post('/v1/me/phone', { code }, token)
  const second = await stage.another()
  for (const at of [stage.url, second.service.url]) {
    expect((await stage.send('POST', '/v1/me/phone', { body: { code }, token, at })).json).toMatchObject({ phone: { masked: '138****8000' } })
    expect((await stage.send('POST', '/v1/me/phone', { body: { code }, token: other, at })).json).toMatchObject({ status: 401, code: 'wx_code_used', action: 'ask_user' })
  }
  expect(exchanges(stage)).toBe(1)
})

it('F03: a phone code whose exchange was cut off is never sent again; one that never left is', async () => {
  const stage = await openStage({ emulator: { people } })
  const token = await stage.login()
  const [dropped, waiting] = [phoneCode(stage), phoneCode(stage)]
  stage.emulator.fault({ path: '/wxa/business/getuserphonenumber', drop: true })
  expect((await stage.post('/v1/me/phone', { code: dropped }, token)).json).toMatchObject({ code: 'wx_unavailable', action: 'ask_user' })
  expect((await stage.post('/v1/me/phone', { code: dropped }, token)).json).toMatchObject({ code: 'wx_code_used', action: 'ask_user' })
  expect(exchanges(stage)).toBe(1)
  const down = await stage.another({ wechat: { emulator: true, baseURL: 'http://127.0.0.1:1' } })
  expect((await stage.send('POST', '/v1/me/phone', { body: { code: waiting }, token, at: down.service.url })).json).toMatchObject({ code: 'wx_unavailable', action: 'retry_later' })
  expect((await stage.post('/v1/me/phone', { code: waiting }, token)).status).toBe(200)
})

it('IN-PHONE-BUDGET: cost guard: buys so many numbers for a user and for an app in a day, and tells the operator', async () => {
  const stage = await openStage({ emulator: { people }, server: { phoneBudget: { perUser: 2, perApp: 3 } } })
  const [token, other] = [await stage.login(), await stage.login(stage.emulator.people[1]!.id)]
  const buy = (): Promise<{ status: number, json: Record<string, unknown>, headers: Headers }> => stage.post('/v1/me/phone', { code: phoneCode(stage) }, token)
  expect([(await buy()).status, (await buy()).status]).toEqual([200, 200])
  const refused = await buy()
  expect([refused.status, refused.json.code, refused.json.action, refused.headers.get('retry-after')]).toEqual([429, 'rate_limited', 'retry_later', '86400'])
  const buyOther = async (): Promise<number> => (await stage.post('/v1/me/phone', { code: phoneCode(stage, stage.emulator.people[1]!.id) }, other)).status
  expect([await buyOther(), await buyOther()]).toEqual([200, 429])
  expect(exchanges(stage)).toBe(3)
  expect(stage.logs.join('')).toContain('"event":"phone_budget_spent"')
  stage.emulator.clock.advance(86_400_001)
  expect((await stage.send('POST', '/v1/me/phone', { body: { code: phoneCode(stage) }, token: await stage.login() })).status).toBe(200)
})

it('cost guard: codes that WeChat refuses cost nothing of the budget', async () => {
  const stage = await openStage({ emulator: { people }, server: { phoneBudget: { perUser: 1 } } })
  const token = await stage.login()
  for (let i = 0; i < 3; i++) expect((await stage.post('/v1/me/phone', { code: `nobodys${i}` }, token)).json.code).toBe('wx_code_invalid')
  expect((await stage.post('/v1/me/phone', { code: phoneCode(stage) }, token)).status).toBe(200)
})

it.each<[string, object, { purePhoneNumber: string, countryCode: string }, number]>([
  ['an overseas number', { overseas: false }, { purePhoneNumber: '5550100123', countryCode: '1' }, 422],
  ['a virtual number', { virtual: false }, { purePhoneNumber: '17012345678', countryCode: '86' }, 422],
  ['an ordinary number', { overseas: false, virtual: false }, { purePhoneNumber: NUMBER, countryCode: '86' }, 200],
  ['any number by default', {}, { purePhoneNumber: '5550100123', countryCode: '1' }, 200],
])('IN-PHONE-NUMBER: answers %s by the policy', async (_name, phoneNumbers, number, status) => {
  const stage = await openStage({ emulator: { people }, server: { phoneNumbers } })
  const token = await stage.login()
  stage.emulator.fault({ path: '/wxa/business/getuserphonenumber', body: JSON.stringify({ errcode: 0, phone_info: { ...number, watermark: { appid: stage.appid } } }) })
  const { json, status: got } = await stage.post('/v1/me/phone', { code: 'abc' }, token)
  expect(got).toBe(status)
  if (status === 422) expect(json).toMatchObject({ code: 'phone_unavailable', action: 'ask_user' })
})

it('binds the phone with the login: the free code first, the paid one second', async () => {
  const stage = await openStage({ emulator: { people } })
  const { status, json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code(), phoneCode: phoneCode(stage) })
  expect([status, (json.user as { phone: object }).phone]).toMatchObject([200, { masked: '138****8000' }])
  expect((await stage.send('GET', '/v1/me', { token: json.token as string })).json.phone).toMatchObject({ masked: '138****8000' })
})

it('buys no number for a login that fails', async () => {
  const stage = await openStage({ emulator: { people } })
  const [code, spare] = [stage.code(), phoneCode(stage)]
  stage.emulator.clock.advance(5 * 60_000 + 1)
  expect((await stage.post('/v1/login', { appid: stage.appid, code, phoneCode: spare })).json.code).toBe('wx_code_invalid')
  const { json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  await stage.auth.users.ban((json.user as { uid: string }).uid)
  expect((await stage.post('/v1/login', { appid: stage.appid, code: stage.code(), phoneCode: phoneCode(stage) })).json.code).toBe('user_disabled')
  expect(exchanges(stage)).toBe(0)
})

it('a login stands when its number cannot be had, says why, and the number comes with the same code later', async () => {
  const stage = await openStage({ emulator: { people } })
  const code = phoneCode(stage)
  stage.emulator.fault({ path: '/cgi-bin/stable_token', errcode: 45009 })
  const { status, json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code(), phoneCode: code })
  expect([status, json.phoneFailure]).toEqual([200, { code: 'wx_quota_exhausted', action: 'retry_later' }])
  stage.emulator.clock.advance(60_000)
  await stage.restart()
  const again = await stage.post('/v1/login', { appid: stage.appid, code: stage.code(), phoneCode: code })
  expect((again.json.user as { phone: object }).phone).toMatchObject({ masked: '138****8000' })
  const spoilt = await stage.post('/v1/login', { appid: stage.appid, code: stage.code(), phoneCode: 'nobodys' })
  expect([spoilt.status, spoilt.json.phoneFailure]).toEqual([200, { code: 'wx_code_invalid', action: 'ask_user' }])
})
