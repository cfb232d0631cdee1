import type { ServerResponse } from 'node:http'
import { ERRORS } from '@tongxing/protocol'
import { isAuthError } from '@tongxing/server'
import { beforeEach, expect, it } from 'vitest'
import { openRelay } from './relay.js'
import type { Relay } from './relay.js'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

/** Stands in every malformed answer: what of it comes back has leaked. */
const MARK = 'uPsTrEaM'

type Answer = (response: ServerResponse) => void
const says = (body: string | Buffer, status = 200, headers: Record<string, string> = { 'content-type': 'text/plain' }): Answer => (response) => void response.writeHead(status, headers).end(body)

const NOT_JSON = ['', ' ', MARK, `<html>${MARK}</html>`, `{"errmsg":"${MARK}"`, `{"errmsg":"${MARK}",}`, `{errmsg:"${MARK}"}`, `\uFEFF\uFEFF{"errmsg":"${MARK}"}`, `{}{"errmsg":"${MARK}"}`, `callback({"errmsg":"${MARK}"})`, `{"errmsg":"${MARK}"}\0`, `errcode=0&errmsg=${MARK}`, `<xml><errmsg>${MARK}</errmsg></xml>`]
const NO_OBJECT = ['null', 'true', '0', '-1', '"ok"', `"${MARK}"`, '[]', `["${MARK}"]`, `[{"errcode":0,"errmsg":"${MARK}"}]`]
const WRONG_MEMBERS = [
  { errcode: null }, { errcode: '' }, { errcode: MARK }, { errcode: {} }, { errcode: [40029] }, { errcode: 1.5 }, { errcode: 1e300 }, { errcode: true }, { errcode: -99_999_999 },
  { errcode: 40029.5, errmsg: MARK }, { errcode: 123_456, errmsg: MARK }, { openid: MARK.repeat(1000), session_key: MARK, access_token: MARK.repeat(100_00), phone_info: { purePhoneNumber: MARK } },
].map((members) => JSON.stringify({ errmsg: MARK, ...members }))

/** What no WeChat should say; forty and more ways. */
const ANSWERS: readonly Answer[] = [
  ...[...NOT_JSON, ...NO_OBJECT, ...WRONG_MEMBERS].map((body) => says(body)),
  says(Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])), says(Buffer.from(`{"errmsg":"${MARK}\xff"}`, 'latin1')),
  says(`{"errmsg":"${MARK.repeat(10_000)}"}`), says('['.repeat(60_000)),
  says(MARK, 302, { location: `http://127.0.0.1:1/${MARK}` }), says(MARK, 404), says('', 204), says(`{"errmsg":"${MARK}"}`, 200, { 'content-type': 'image/png', 'content-encoding': 'gzip' }),
  (response) => void response.writeHead(200, { 'content-length': '500' }).write(`{"errmsg":"${MARK}"}`, () => response.destroy()),
  (response) => void response.socket?.end(`HTTP/1.1 200 ${MARK}\r\nX: 1\r\n`),
]

let stage: Stage
let relay: Relay
let token: string
let uid: string
/** Whose answers are malformed, and those that it has still to give. */
let spoilt: { readonly path: string, readonly left: Answer[] }
beforeEach(async () => {
  spoilt = { path: '', left: [] }
  stage = await openStage({ emulator: { people: [{ phoneNumber: '13800138000' }] } })
  relay = await openRelay(() => stage.emulator.url, (url, response) => {
    if (url.pathname !== spoilt.path) return false
    const answer = spoilt.left.pop() ?? says(MARK)
    answer(response)
    return true
  })
  await stage.restart({ wechat: { baseURL: relay.url, quotaRetryMs: 1000 }, phoneEncryptedData: 'strict', phoneBudget: false, decryptBudget: false, contentCheck: { avatars: false } })
  token = await stage.login()
  uid = (await stage.auth.verify(token)).uid
})

function expectErrors(outcomes: readonly Outcome[]): void {
  expect(outcomes.filter(({ code }) => !(code in ERRORS) || code === 'internal')).toEqual([])
  expect([...outcomes.map(({ text }) => text), ...stage.logs].filter((text) => text.includes(MARK))).toEqual([])
}

interface Outcome { readonly code: string, readonly text: string }

async function overHttp(method: string, route: string, body: object, withToken = true): Promise<Outcome> {
  const { json, text } = await stage.send(method, route, { body, ...(withToken && { token }) })
  return { code: json.code as string ?? '', text }
}

async function inLibrary(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { code: '', text: JSON.stringify(await work()) }
  } catch (error) {
    if (!isAuthError(error)) throw error
    return { code: error.code, text: `${error.message} ${error.detail} ${String(error.cause)}` }
  }
}

it.each<[string, () => Promise<Outcome>]>([
  ['/sns/jscode2session', () => overHttp('POST', '/v1/login', { appid: stage.appid, code: stage.code() }, false)],
  ['/wxa/business/getuserphonenumber', () => overHttp('POST', '/v1/me/phone', { code: stage.emulator.issuePhoneCode({ appid: stage.appid, person: stage.person }) })],
  ['/wxa/business/checkencryptedmsg', () => {
    const { encryptedData, iv } = stage.emulator.phoneDataOf({ appid: stage.appid, person: stage.person })
    return overHttp('POST', '/v1/me/phone', { encryptedData, iv })
  }],
  ['/wxa/msg_sec_check', () => overHttp('PUT', '/v1/me', { nickname: '小红' })],
  ['/wxa/checksession', () => inLibrary(() => stage.auth.wechat.checkSessionKey(uid, stage.appid))],
  ['/wxa/resetusersessionkey', () => inLibrary(() => stage.auth.wechat.resetUserSessionKey(uid, stage.appid))],
])('F04: %s answers in forty and more malformed ways: each is an error of the table and none of ours, nothing of it comes back, and then all is well', async (path, call) => {
  expect(ANSWERS.length).toBeGreaterThanOrEqual(40)
  expect((await call()).code).toBe('')
  spoilt = { path, left: [...ANSWERS] }
  const outcomes = await Promise.all(ANSWERS.map(call))
  expect(spoilt.left).toEqual([])
  expectErrors(outcomes)
  spoilt = { path: '', left: [] }
  expect((await call()).code).toBe('')
})

it('F04: an access_token that comes in forty and more malformed ways is none: each call is an error of the table, nothing of it comes back, and then all is well', async () => {
  const call = () => inLibrary(() => stage.auth.wechat.call(stage.appid, '/wxa/getwxadevinfo'))
  spoilt = { path: '/cgi-bin/stable_token', left: [...ANSWERS] }
  // One after the other, for callers at the same time share one fetch; a failing API is left alone for three seconds.
  while (spoilt.left.length > 0) {
    expectErrors([await call()])
    stage.emulator.clock.advance(3000)
  }
  spoilt = { path: '', left: [] }
  expect((await overHttp('PUT', '/v1/me', { nickname: '小红' })).code).toBe('')
})
