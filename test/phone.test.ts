import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { generateKeyRing } from '@tongxing/server'
import { expect, it } from 'vitest'
import { openStage } from './stage.js'
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

it('takes a number over from whoever had it: numbers are handed on to new owners (T37)', async () => {
  const stage = await openStage({ emulator: { people: [{ phoneNumber: NUMBER }, { phoneNumber: NUMBER }] } })
  const [first, second] = [await stage.login(), await stage.login(stage.emulator.people[1]!.id)]
  await stage.post('/v1/me/phone', { code: phoneCode(stage) }, first)
  await stage.post('/v1/me/phone', { code: phoneCode(stage, stage.emulator.people[1]!.id) }, second)
  expect((await stage.send('GET', '/v1/me', { token: first })).json.phone).toBeNull()
  expect((await stage.send('GET', '/v1/me', { token: second })).json.phone).toMatchObject({ masked: '138****8000' })
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

it('64: pays once for a double tap, and asks for a new tap when the code was used', async () => {
  const stage = await openStage({ emulator: { people } })
  const token = await stage.login()
  const code = phoneCode(stage)
  const answers = await Promise.all([1, 2, 3].map(() => stage.post('/v1/me/phone', { code }, token)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect((await stage.post('/v1/me/phone', { code }, token)).json).toMatchObject({ status: 401, code: 'wx_code_used', action: 'ask_user' })
  expect(exchanges(stage)).toBe(1)
})

it.each<[string, (stage: Stage) => string, number, string, string]>([
  ['a code of wx.login', (stage) => stage.code(), 401, 'wx_code_invalid', 'ask_user'],
  ['a code of nobody', () => 'abc', 401, 'wx_code_invalid', 'ask_user'],
  ['no code', () => '', 400, 'validation_failed', 'fix_request'],
])('refuses %s', async (_name, code, status, error, action) => {
  const stage = await openStage({ emulator: { people } })
  const token = await stage.login()
  expect((await stage.post('/v1/me/phone', { code: code(stage) }, token)).json).toMatchObject({ status, code: error, action })
})

it('refuses a code that is five minutes old, and one of another app', async () => {
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
])('answers wx_bad_response with ask_user when WeChat’s answer %s', async (_name, body) => {
  const stage = await openStage({ emulator: { people } })
  const token = await stage.login()
  stage.emulator.fault({ where: '/wxa/business/getuserphonenumber', body: JSON.stringify(body) })
  expect((await stage.post('/v1/me/phone', { code: phoneCode(stage) }, token)).json).toMatchObject({ status: 502, code: 'wx_bad_response', action: 'ask_user' })
})

it('62: client.phone() gives the masked number, and tells refusal, privacy, quota and old libraries apart', async () => {
  const stage = await openStage({ emulator: { people } })
  const { client } = stage.phone()
  expect(await client.phone({ detail: { errMsg: 'getPhoneNumber:ok', code: phoneCode(stage) } })).toMatchObject({ masked: '138****8000' })
  const failures: [object, string][] = [
    [{ errMsg: 'getPhoneNumber:fail user deny' }, 'USER_DENIED'],
    [{ errMsg: 'getPhoneNumber:fail:cancel to confirm login' }, 'USER_DENIED'],
    [{ errMsg: 'privacy permission is not authorized', errno: 104 }, 'PRIVACY_DENIED'],
    [{ errMsg: 'getPhoneNumber:fail', errno: 1400001 }, 'PHONE_QUOTA'],
    [{ errMsg: 'getPhoneNumber:ok', encryptedData: 'x', iv: 'y' }, 'UNSUPPORTED'],
  ]
  for (const [detail, code] of failures) await expect(client.phone({ detail })).rejects.toMatchObject({ code })
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
