import { createCipheriv, randomBytes } from 'node:crypto'
import path from 'node:path'
import { expect, it } from 'vitest'
import { readDatabase } from './database.js'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

const NUMBER = '13800138000'
const people = [{ phoneNumber: NUMBER }, { phoneNumber: '13900139000' }]
const CHECK = '/wxa/business/checkencryptedmsg'

function open(phoneEncryptedData: boolean | 'strict', server: object = {}): Promise<Stage> {
  return openStage({ emulator: { people }, server: { phoneEncryptedData, ...server } })
}

/** What the button of a phone below base library 2.21.2 hands out. */
function dataOf(stage: Stage, person = stage.person): { encryptedData: string, iv: string } {
  const { encryptedData, iv } = stage.emulator.phoneDataOf({ appid: stage.appid, person })
  return { encryptedData, iv }
}

function calls(stage: Stage, path: string): number {
  return stage.emulator.traffic.list().filter(({ kind, name }) => kind === 'call' && name.includes(path)).length
}

it('IN-DATA-OFF: answers not_enabled unless it is switched on, and takes the code when the event holds both', async () => {
  const stage = await openStage({ emulator: { people } })
  const token = await stage.login()
  expect((await stage.post('/v1/me/phone', dataOf(stage), token)).json).toMatchObject({ status: 501, code: 'not_enabled', action: 'contact_admin' })
  expect((await stage.post('/v1/me/phone', stage.emulator.phoneDataOf({ appid: stage.appid, person: stage.person }), token)).status).toBe(200)
})

it.each([true, 'strict'] as const)('binds the number that WeChat encrypted (%s)', async (mode) => {
  const stage = await open(mode)
  const token = await stage.login()
  const { status, json } = await stage.post('/v1/me/phone', dataOf(stage), token)
  expect([status, json.phone]).toMatchObject([200, { masked: '138****8000', countryCode: '86' }])
  expect(calls(stage, CHECK)).toBe(mode === 'strict' ? 1 : 0)
})

it.each(['text', 'bytes'] as const)('strict asks WeChat over the %s of the data, whichever it goes by', async (encryptedMsgHash) => {
  const stage = await openStage({ emulator: { people, encryptedMsgHash }, server: { phoneEncryptedData: 'strict' } })
  const token = await stage.login()
  expect((await stage.post('/v1/me/phone', dataOf(stage), token)).status).toBe(200)
})

it('strict refuses what WeChat did not make, though it decrypts, and never opens it', async () => {
  const stage = await open('strict')
  const token = await stage.login()
  const { encryptedData, iv } = dataOf(stage)
  const forged = Buffer.from(encryptedData, 'base64')
  forged.write('x', 0, 'latin1')
  const { text } = await stage.post('/v1/me/phone', { encryptedData: forged.toString('base64'), iv }, token)
  expect(JSON.parse(text)).toMatchObject({ status: 400, code: 'encrypted_data_invalid', action: 'ask_user' })
  expect(stage.logs.find((line) => line.includes('phone_refused'))).toContain('"vouched":false')
})

it.each<[string, object, object]>([
  ['does not answer', { drop: true }, { code: 'wx_unavailable', action: 'retry_later' }],
  ['is slow', { delayMs: 2000 }, { code: 'wx_timeout', action: 'retry_later' }],
  ['answers nonsense', { body: '<html>' }, { code: 'wx_bad_response', action: 'retry_later' }],
  ['has used up its quota', { errcode: 45009 }, { code: 'wx_quota_exhausted', action: 'retry_later' }],
])('strict fails closed when WeChat %s: nothing is opened, nothing of the budget spent, and the data is good later', async (_name, fault, answer) => {
  const stage = await open('strict', { decryptBudget: { perSession: 1, perUser: 1 }, wechat: { timeoutMs: 500 } })
  const token = await stage.login()
  const data = dataOf(stage)
  stage.emulator.fault({ path: CHECK, ...fault })
  expect((await stage.post('/v1/me/phone', data, token)).json).toMatchObject(answer)
  await stage.restart()
  expect((await stage.post('/v1/me/phone', data, token)).status).toBe(200)
})

it('IN-DATA-FORM, IN-DATA-ABOUT, SEC-WX-ORACLE, SEC-WX-WATERMARK, SEC-WX-OPENID, SEC-WX-REPLAY, T07, T08, T09, T10: every failure of the phone form has the same status, headers and bytes', async () => {
  const stage = await openStage({ emulator: { people, apps: [{}, {}] }, server: { phoneEncryptedData: true, decryptBudget: false, phoneNumbers: { overseas: false } } })
  const [here, elsewhere] = stage.emulator.apps.map(({ appid }) => appid) as [string, string]
  const token = await stage.login()
  const otherPerson = stage.emulator.people[1]!.id
  await stage.login(otherPerson)
  const used = dataOf(stage)
  expect((await stage.post('/v1/me/phone', used, token)).status).toBe(200)
  const old = dataOf(stage)
  stage.emulator.clock.advance(10 * 60_000 + 2000)
  const good = dataOf(stage)
  const iv = randomBytes(16)
  const blob = Buffer.from(good.encryptedData, 'base64')
  const underOtherKey = createCipheriv('aes-128-cbc', randomBytes(16), iv)
  const failures: Record<string, object> = {
    'no iv': { encryptedData: good.encryptedData },
    'no data': { iv: good.iv },
    'data that is a number': { encryptedData: 5, iv: good.iv },
    'an iv of 15 bytes': { ...good, iv: randomBytes(15).toString('base64') },
    'no base64': { ...good, encryptedData: '***' },
    base64url: { ...good, encryptedData: `${good.encryptedData.slice(0, -4)}-_-_` },
    'half a block': { ...good, encryptedData: blob.subarray(0, 24).toString('base64') },
    'bad padding': { ...good, encryptedData: Buffer.concat([blob.subarray(0, -1), Buffer.from([blob.at(-1)! ^ 1])]).toString('base64') },
    'altered text': { ...good, iv: Buffer.from(good.iv, 'base64').map((byte, i) => (i === 0 ? byte ^ 1 : byte)).toString() },
    'another key': { encryptedData: Buffer.concat([underOtherKey.update('{}'), underOtherKey.final()]).toString('base64'), iv: iv.toString('base64') },
    'ten minutes old': old,
    'used before': used,
    'another person’s': dataOf(stage, otherPerson),
    'another app’s': stage.emulator.phoneDataOf({ appid: elsewhere, person: stage.person }),
  }
  expect(here).toBe(stage.appid)
  const seen = new Map<string, string[]>()
  for (const [name, body] of Object.entries(failures)) {
    const { status, headers, text } = await stage.post('/v1/me/phone', { ...body, code: undefined }, token)
    const kept = [...headers].filter(([header]) => !['x-request-id', 'date'].includes(header)).sort()
    const answer = JSON.stringify([status, kept, text])
    seen.set(answer, [...seen.get(answer) ?? [], name])
  }
  expect([...seen.values()]).toEqual([Object.keys(failures)])
  expect((JSON.parse([...seen.keys()][0]!) as unknown[])[0]).toBe(400)
  expect((await stage.post('/v1/me/phone', good, token)).status).toBe(200)
})

it('T09: of 20 parallel requests with the same data one binds', async () => {
  const stage = await open(true, { decryptBudget: false })
  const token = await stage.login()
  const data = dataOf(stage)
  const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await stage.post('/v1/me/phone', data, token)).status))
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
})

it('IN-DATA-BUDGET, T08: stops at the budget, and says so before anything is opened', async () => {
  const stage = await open(true)
  const token = await stage.login()
  for (let i = 0; i < 5; i++) expect((await stage.post('/v1/me/phone', { ...dataOf(stage), iv: 'AAAA' }, token)).json.code).toBe('encrypted_data_invalid')
  expect((await stage.post('/v1/me/phone', dataOf(stage), token)).json).toMatchObject({ status: 429, code: 'decrypt_budget_spent' })
})

it('F42: opens a number that was encrypted under the session_key of the login before', async () => {
  const stage = await open(true)
  const token = await stage.login()
  const data = dataOf(stage)
  await stage.login()
  expect((await stage.post('/v1/me/phone', data, token)).status).toBe(200)
})

it.each([true, 'strict'] as const)('IN-DATA-KEY: without any session_key the data waits for a new login: nothing is opened, asked or spent, whatever it is (%s)', async (mode) => {
  const stage = await open(mode, { decryptBudget: { perSession: 1, perUser: 1 } })
  const token = await stage.login()
  const profile = stage.emulator.profileOf({ appid: stage.appid, person: stage.person })
  const db = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
  db.all('delete from session_keys')
  db.close()
  for (const [route, body] of [['/v1/me/phone', dataOf(stage)], ['/v1/me/phone', { encryptedData: 'AAAA', iv: 'AAAA' }], ['/v1/me/profile', profile], ['/v1/me/profile', { ...profile, signature: 'x' }]] as const) {
    expect((await stage.post(route, body, token)).json).toMatchObject({ status: 409, code: 'session_key_stale', action: 'ask_user' })
  }
  expect(calls(stage, CHECK)).toBe(0)
  await stage.login()
  expect((await stage.post('/v1/me/phone', dataOf(stage), token)).status).toBe(200)
})

it.each(['/v1/me/phone', '/v1/me/profile'])('IN-DATA-SIZE: refuses more than 64 KiB by their number alone, and spends nothing of the budget (%s)', async (route) => {
  const stage = await open(true, { decryptBudget: { perSession: 1, perUser: 1 } })
  const token = await stage.login()
  const body = { rawData: '{}', signature: 'x', encryptedData: 'A'.repeat(64 * 1024), iv: 'AAAA' }
  for (let i = 0; i < 2; i++) expect((await stage.post(route, body, token)).json).toMatchObject({ status: 413, code: 'body_too_large' })
  expect((await stage.post('/v1/me/phone', dataOf(stage), token)).status).toBe(200)
})
