import { createHash } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { decryptUserData } from '../crypto.js'
import { createEmulator } from '../emulator.js'
import type { Emulator, EmulatorOptions } from '../emulator.js'

const NOW = 1_795_000_000_000
const MING = { appid: 'wxemu00000000000aa', person: 'ming' }
const DAY = 86_400_000

async function open(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await createEmulator({ clock: { now: () => NOW }, apps: [{ appid: MING.appid }, { appid: 'wxemu00000000000bb' }], people: [{ id: 'ming' }], ...options })
  onTestFinished(() => emulator.close())
  return emulator
}

async function tokenOf(emulator: Emulator, index = 0): Promise<string> {
  const { appid, secret } = emulator.apps[index] ?? expect.fail('no such app')
  const response = await fetch(`${emulator.url}/cgi-bin/stable_token`, { method: 'POST', body: JSON.stringify({ appid, secret, grant_type: 'client_credential' }) })
  return (await response.json() as { access_token: string }).access_token
}

async function check(emulator: Emulator, body: string, app = 0): Promise<Record<string, unknown>> {
  const response = await fetch(`${emulator.url}/wxa/business/checkencryptedmsg?access_token=${await tokenOf(emulator, app)}`, { method: 'POST', body })
  return await response.json() as Record<string, unknown>
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const ask = (emulator: Emulator, hash: string, app?: number) => check(emulator, JSON.stringify({ encrypted_msg_hash: hash }), app)

it('knows the phone data that the button gave, and when it was made; the field is WeChat\'s `vaild`', async () => {
  const emulator = await open()
  const { encryptedData } = emulator.phoneDataOf(MING)
  emulator.clock.advance(5000)
  expect(await ask(emulator, sha256(encryptedData))).toEqual({ errcode: 0, errmsg: 'ok', vaild: true, create_time: NOW / 1000 })
})

it('takes the hash of the text or of the bytes, in either case of letters, as JSON or as a form', async () => {
  const emulator = await open()
  const { encryptedData } = emulator.phoneDataOf(MING)
  const bytes = sha256(Buffer.from(encryptedData, 'base64'))
  expect((await ask(emulator, bytes))['vaild']).toBe(true)
  expect((await ask(emulator, bytes.toUpperCase()))['vaild']).toBe(true)
  expect((await check(emulator, `encrypted_msg_hash=${bytes}`))['vaild']).toBe(true)
})

it.each(['text', 'bytes'] as const)('takes only the hash of the %s when told so', async (form) => {
  const emulator = await open({ encryptedMsgHash: form })
  const { encryptedData } = emulator.phoneDataOf(MING)
  const verdicts = [await ask(emulator, sha256(encryptedData)), await ask(emulator, sha256(Buffer.from(encryptedData, 'base64')))]
  expect(verdicts.map(({ errcode }) => errcode)).toEqual(form === 'text' ? [0, 1] : [1, 0])
})

it('says 1 `data not exit` to data that was never made, of another app, or older than three days; 40097 to what is no hash', async () => {
  const emulator = await open()
  const { encryptedData } = emulator.phoneDataOf(MING)
  const hash = sha256(encryptedData)
  expect(await ask(emulator, sha256('forged'))).toMatchObject({ errcode: 1, errmsg: expect.stringMatching(/^data not exit rid: /) as string })
  expect((await ask(emulator, hash, 1))['errcode']).toBe(1)
  expect((await ask(emulator, 'xyz'))['errcode']).toBe(40097)
  emulator.clock.advance(3 * DAY)
  expect((await ask(emulator, hash))['errcode']).toBe(0)
  emulator.clock.advance(1)
  expect((await ask(emulator, hash))['errcode']).toBe(1)
})

it('is asked about data that opens with the session_key of the login, and whose code gives the same number', async () => {
  const emulator = await open()
  const { secret = '' } = emulator.apps[0] ?? {}
  const query = new URLSearchParams({ appid: MING.appid, secret, grant_type: 'authorization_code', js_code: emulator.issueCode(MING) })
  const { session_key } = await (await fetch(`${emulator.url}/sns/jscode2session?${query.toString()}`)).json() as { session_key: string }
  const { code, encryptedData, iv } = emulator.phoneDataOf(MING)
  const { watermark, ...number } = JSON.parse(decryptUserData(session_key, iv, encryptedData)) as Record<string, unknown>
  expect(watermark).toEqual({ timestamp: NOW / 1000, appid: MING.appid })
  const response = await fetch(`${emulator.url}/wxa/business/getuserphonenumber?access_token=${await tokenOf(emulator)}`, { method: 'POST', body: JSON.stringify({ code }) })
  expect(await response.json()).toMatchObject({ errcode: 0, phone_info: number })
})
