import { expect, it } from 'vitest'
import { openStage, shareStage } from './stage.js'

it('creates a user at the first login and finds it at the second', async () => {
  const stage = await openStage()
  const first = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  const second = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  expect(first.json.token).toMatch(/^txs_/)
  expect(first.json).toMatchObject({ user: { isNew: true } })
  expect(second.json).toMatchObject({ user: { isNew: false, uid: (first.json.user as { uid: string }).uid } })
  expect(second.json.token).not.toBe(first.json.token)
})

it('gives two people, and one person in two apps, users of their own', async () => {
  const stage = await openStage({ emulator: { apps: [{}, {}], people: [{}, {}] } })
  const uids = await Promise.all(stage.emulator.apps.flatMap(({ appid }) => stage.emulator.people.map(async ({ id }) => {
    const { json } = await stage.post('/v1/login', { appid, code: stage.code({ appid, person: id }) })
    return (json.user as { uid: string }).uid
  })))
  expect(new Set(uids).size).toBe(4)
})

it('F11: spreads the ends of sessions by ±10 % around seven days', async () => {
  const stage = await openStage()
  const now = stage.emulator.clock.now()
  const ends = await Promise.all(Array.from({ length: 20 }, async () => {
    const { json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
    return (Number(json.expiresAt) - now) / 86_400_000
  }))
  expect(Math.min(...ends)).toBeGreaterThan(6.29)
  expect(Math.max(...ends)).toBeLessThan(7.71)
  expect(new Set(ends).size).toBeGreaterThan(10)
})

it('IN-LOGIN-CODEUSED, SEC-SB-2612, REL-CODE-1323: answers wx_code_used with relogin to a code that was used, without asking WeChat again', async () => {
  const stage = await openStage()
  const code = stage.code()
  await stage.post('/v1/login', { appid: stage.appid, code })
  stage.emulator.traffic.clear()
  const again = await stage.post('/v1/login', { appid: stage.appid, code })
  expect([again.status, again.json.code, again.json.action]).toEqual([401, 'wx_code_used', 'relogin'])
  expect(stage.emulator.traffic.list()).toEqual([])
})

it('IN-LOGIN-CODEUSED: answers wx_code_used when WeChat says so: a restart forgets which codes were used', async () => {
  const stage = await openStage()
  const code = stage.code()
  await stage.post('/v1/login', { appid: stage.appid, code })
  await stage.restart()
  expect((await stage.post('/v1/login', { appid: stage.appid, code })).json).toMatchObject({ code: 'wx_code_used', action: 'relogin' })
})

it('IN-LOGIN-CODEGONE: answers wx_code_invalid to a code older than five minutes', async () => {
  const stage = await openStage()
  const code = stage.code()
  stage.emulator.clock.advance(5 * 60_000 + 1)
  expect((await stage.post('/v1/login', { appid: stage.appid, code })).json).toMatchObject({ status: 401, code: 'wx_code_invalid', action: 'relogin' })
})

it('IN-LOGIN-CODEGONE, T05, SEC-NA-X445: answers wx_code_invalid to a code of another app, and logs nobody in', async () => {
  const stage = await openStage({ emulator: { apps: [{}, {}] } })
  const other = stage.emulator.apps[1]!.appid
  const { status, json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code({ appid: other }) })
  expect([status, json.code]).toEqual([401, 'wx_code_invalid'])
})

const quiet = shareStage()

it.each<[string, object]>([
  ['IN-LOGIN-CODE: no code', { code: undefined }],
  ['IN-LOGIN-CODE: a code that is a number', { code: 5 }],
  ['IN-LOGIN-CODE: an empty code', { code: '' }],
  ['IN-LOGIN-CODE: the text undefined', { code: 'undefined' }],
  ['IN-LOGIN-CODE: the text null', { code: 'null' }],
  ['IN-LOGIN-CODE: the text of DevTools for test AppIDs', { code: 'the code is a mock one' }],
  ['IN-LOGIN-CODE: a code of 257 characters', { code: 'a'.repeat(257) }],
  ['IN-LOGIN-CODE: a code of letters that no code has', { code: '小明' }],
  ['IN-LOGIN-CODE, SEC-WX-URLINJ: a code that brings its own parameters', { code: 'x&appid=EVIL&secret=EVIL' }],
  ['IN-LOGIN-APPID: no appid', { appid: undefined }],
  ['IN-LOGIN-APPID: an appid that is a number', { appid: 5 }],
  ['IN-LOGIN-APPID: an empty appid', { appid: '' }],
  ['IN-LOGIN-APPID: an appid of 65 characters', { appid: 'w'.repeat(65) }],
  ['IN-LOGIN-DEVICE: a device of 65 characters', { device: 'd'.repeat(65) }],
  ['IN-LOGIN-DEVICE: a device that is an object', { device: {} }],
  ['IN-LOGIN-EXTRA: an extra of more than a KiB', { extra: { a: 'x'.repeat(1024) } }],
  ['IN-LOGIN-EXTRA: an extra that is a list', { extra: [] }],
  ['IN-LOGIN-EXTRA: a phone code that is none', { phoneCode: 'a b' }],
])('refuses %s with validation_failed, without asking WeChat', async (_name, changes) => {
  const { status, json } = await quiet().post('/v1/login', { appid: quiet().appid, code: 'abc', ...changes })
  expect([status, json.code, json.action]).toEqual([400, 'validation_failed', 'fix_request'])
  expect(quiet().emulator.traffic.list()).toEqual([])
})

it('IN-ANY-EXTRA: ignores fields it does not know: a shipped mini program cannot be recalled', async () => {
  const stage = await openStage()
  const body = { appid: stage.appid, code: stage.code(), futureField: 1, extra: { channel: 'a' }, device: 'iPhone 小明' }
  expect((await stage.post('/v1/login', body)).status).toBe(200)
})

it('T03, SEC-BA-61928, SEC-WX-PWD-OPENID: takes nobody’s word for who he is: openid, unionid and uid of the client change nothing', async () => {
  const stage = await openStage({ emulator: { people: [{}, {}] } })
  const victim = stage.emulator.people[1]!.id
  const { json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code({ person: victim }) })
  const { uid } = json.user as { uid: string }
  const forged = { appid: stage.appid, code: stage.code(), openid: 'o', unionid: 'o', uid, user_id: uid, sub: uid }
  const login = await stage.send('POST', `/v1/login?uid=${uid}`, { body: forged, headers: { 'x-wx-openid': 'o', 'x-tongxing-uid': uid } })
  expect((login.json.user as { uid: string }).uid).not.toBe(uid)
})

it('IN-LOGIN-BEARER, T23, SEC-KC-7507: mints a token at login and never adopts one that came along, nor minds a malformed one', async () => {
  const stage = await openStage()
  const old = await stage.login()
  const { json } = await stage.send('POST', '/v1/login', { body: { appid: stage.appid, code: stage.code() }, token: old })
  expect(json.token).not.toBe(old)
  expect((await stage.send('GET', '/v1/me', { token: old })).status).toBe(200)
  expect((await stage.send('POST', '/v1/login', { body: { appid: stage.appid, code: stage.code() }, headers: { authorization: 'Basic %%' } })).status).toBe(200)
})

it.each(['wxemu9999999999999', 'wx0000000000000000', '小程序', '__proto__'])('IN-LOGIN-APPID: answers app_unknown to the app %s, which is not configured', async (appid) => {
  expect((await quiet().post('/v1/login', { appid, code: 'abc' })).json).toMatchObject({ status: 404, code: 'app_unknown', action: 'fix_request' })
})

it('IN-LOGIN-WECHAT, F06: answers wx_config_error for a wrong AppSecret, with WeChat’s errcode and without the secret', async () => {
  const stage = await openStage()
  const wrong = 'f'.repeat(32)
  await stage.restart({ apps: [{ appid: stage.appid, secret: wrong }] })
  const { status, json, text } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  expect([status, json.code, json.action, json.wx_errcode]).toEqual([502, 'wx_config_error', 'contact_admin', 40125])
  expect(text).not.toContain(wrong)
})

it.each([
  [-1, 503, 'wx_unavailable', 'relogin'],
  [40226, 403, 'wx_user_blocked', 'none'],
  [45011, 429, 'wx_rate_limited', 'retry_later'],
  [45009, 503, 'wx_quota_exhausted', 'retry_later'],
])('IN-LOGIN-WECHAT, F05, F06: answers WeChat’s errcode %i with %i %s, and the next code logs in (an hour later, when the quota was used up)', async (errcode, status, code, action) => {
  const stage = await openStage()
  stage.emulator.fault({ where: '/sns/jscode2session', errcode, times: 1 })
  const refused = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  expect([refused.status, refused.json.code, refused.json.action]).toEqual([status, code, action])
  if (code === 'wx_quota_exhausted') stage.emulator.clock.advance(3_600_000)
  expect((await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })).status).toBe(200)
})

it('IN-LOGIN-WECHAT, F01: answers wx_timeout when WeChat is slow; sessions are checked meanwhile', async () => {
  const stage = await openStage({ server: { wechat: { timeoutMs: 60 } } })
  const token = await stage.login()
  stage.emulator.fault({ where: '/sns/jscode2session', delayMs: 5000, times: 1 })
  const slow = stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  expect((await stage.send('GET', '/v1/session', { token })).status).toBe(200)
  expect((await slow).json).toMatchObject({ status: 504, code: 'wx_timeout', action: 'relogin' })
})

it('IN-LOGIN-WECHAT, F02: answers wx_unavailable when WeChat is down; who is logged in stays so, and the code is not lost', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const code = stage.code()
  const down = await stage.another({ wechat: { emulator: true, baseURL: 'http://127.0.0.1:1' } })
  const refused = await stage.send('POST', '/v1/login', { body: { appid: stage.appid, code }, at: down.service.url })
  expect([refused.status, refused.json.code, refused.json.action, refused.headers.get('retry-after')]).toEqual([503, 'wx_unavailable', 'retry_later', expect.stringMatching(/^[1-5]$/)])
  expect((await stage.send('GET', '/v1/session', { token, at: down.service.url })).status).toBe(200)
  expect((await stage.post('/v1/login', { appid: stage.appid, code })).status).toBe(200)
})

it.each([
  ['nonsense', 'nonsense'],
  ['half a JSON', '{"openid":"o'],
  ['HTML', '<html>'],
  ['no openid', '{"session_key":"tiihtNczf5v6AKRyjwEUhQ=="}'],
  ['an openid that is a number', '{"openid":5,"session_key":"tiihtNczf5v6AKRyjwEUhQ=="}'],
  ['an empty openid', '{"openid":"","session_key":"tiihtNczf5v6AKRyjwEUhQ=="}'],
])('IN-LOGIN-ANSWER, F04: answers wx_bad_response when WeChat answers %s, and repeats none of it', async (_name, body) => {
  const stage = await openStage()
  stage.emulator.fault({ where: '/sns/jscode2session', body, times: 1 })
  const { json, text } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  expect(json).toMatchObject({ status: 502, code: 'wx_bad_response', action: 'relogin' })
  expect(text).not.toContain(body)
})

it('F03: never sends a code twice when the connection drops after WeChat took it; a new code logs in', async () => {
  const stage = await openStage()
  stage.emulator.fault({ where: '/sns/jscode2session', drop: true, times: 1 })
  const code = stage.code()
  const dropped = await stage.post('/v1/login', { appid: stage.appid, code })
  expect(dropped.json).toMatchObject({ code: 'wx_unavailable', action: 'relogin' })
  expect((await stage.post('/v1/login', { appid: stage.appid, code })).json.code).toBe('wx_code_used')
  expect(stage.emulator.traffic.list().filter(({ kind, name }) => kind === 'call' && name.includes('jscode2session'))).toHaveLength(1)
  expect((await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })).status).toBe(200)
})

it('finds the session again after a restart of the server', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const before = await stage.send('GET', '/v1/session', { token })
  await stage.restart()
  const after = await stage.send('GET', '/v1/session', { token })
  expect(after.json).toEqual(before.json)
  expect(after.headers.get('x-tongxing-uid')).toBe(after.json.uid)
  expect(after.headers.get('x-tongxing-appid')).toBe(stage.appid)
})
