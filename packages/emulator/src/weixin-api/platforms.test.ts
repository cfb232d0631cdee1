import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'

const MING = { appid: 'wxemu00000000000aa', person: 'ming' }
const COMPONENT = 'wxemu00000000000cc'
const CORP = { corpid: 'wwemu00000000000dd', secret: 'corpsecret' }
const MINUTE = 60_000

let emulator: Emulator
beforeEach(async () => {
  emulator = await createEmulator({ clock: { now: () => 1_795_000_000_000 }, apps: [{ appid: MING.appid, unionScope: 'acme' }, { appid: 'wxemu00000000000bb' }], people: [{ id: 'ming', unionid: 'oUnion' }] })
  emulator.addComponent({ appid: COMPONENT, authorizers: [MING.appid] })
  emulator.addCorp(CORP)
})
afterEach(() => emulator.close())

type Answer = { errcode?: number | string, errmsg?: string, [name: string]: unknown }

async function get(path: string, query: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${emulator.url}${path}?${new URLSearchParams(query).toString()}`)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, path.startsWith('/sns/') ? 'text/plain' : 'application/json; charset=utf-8'])
  return await response.json() as Answer
}

describe('GET /sns/component/jscode2session', () => {
  const ask = (change: Record<string, string> = {}) => get('/sns/component/jscode2session', {
    component_access_token: emulator.issueComponentToken(COMPONENT), component_appid: COMPONENT, appid: MING.appid, js_code: emulator.issueCode(MING), grant_type: 'authorization_code', ...change,
  })

  it('exchanges the code of an app that authorized the platform, for what the app itself would get', async () => {
    const viaPlatform = await ask()
    const { secret = '' } = emulator.apps[0] ?? {}
    const direct = await get('/sns/jscode2session', { appid: MING.appid, secret, js_code: emulator.issueCode(MING), grant_type: 'authorization_code' })
    expect(Object.keys(viaPlatform)).toEqual(['session_key', 'openid', 'unionid'])
    expect([viaPlatform['openid'], viaPlatform['unionid']]).toEqual([direct['openid'], 'oUnion'])
  })

  it.each<[number, Record<string, string>]>([
    [41001, { component_access_token: '' }], [40001, { component_access_token: 'x' }], [40013, { component_appid: 'wxemu00000000000aa' }], [41002, { appid: '' }],
    [41008, { js_code: '' }], [40002, { grant_type: 'x' }], [61003, { appid: 'wxemu00000000000bb' }], [61003, { appid: 'wxemu0000000000000' }], [40029, { js_code: 'x' }],
  ])('refuses with %i: %j', async (errcode, change) => {
    expect(await ask(change)).toMatchObject({ errcode, errmsg: expect.stringMatching(/, rid: /) as string })
  })

  it('uses a code up, whoever asks', async () => {
    const code = emulator.issueCode(MING)
    await ask({ js_code: code })
    expect((await ask({ js_code: code })).errcode).toBe(40163)
  })

  it('refuses an expired token with 42001, and an app that withdrew with 61003', async () => {
    const token = emulator.issueComponentToken(COMPONENT)
    emulator.clock.advance(120 * MINUTE)
    expect((await ask({ component_access_token: token })).errcode).toBe(42001)
    emulator.addComponent({ appid: 'wxemu00000000000ee' }).authorizers.push(MING.appid)
    expect((await ask({ component_access_token: emulator.issueComponentToken('wxemu00000000000ee'), component_appid: 'wxemu00000000000ee' })).errcode).toBeUndefined()
  })

  it('writes the errcode as a text when asked to, as an old sample of the docs has it', async () => {
    const other = await createEmulator({ errcodeAsText: true })
    const answer = await (await fetch(`${other.url}/sns/component/jscode2session`)).json() as Answer
    await other.close()
    expect(answer.errcode).toBe('41001')
  })
})

it('tells a platform that asks for an app\'s access_token to use its own: 61024', async () => {
  expect(await get('/cgi-bin/token', { grant_type: 'client_credential', appid: COMPONENT, secret: 'x' })).toMatchObject({ errcode: 61024, errmsg: expect.stringMatching(/^must use api\(api_component_token\)/) as string })
})

describe('WeChat Work', () => {
  const token = async () => (await get('/cgi-bin/gettoken', { corpid: CORP.corpid, corpsecret: CORP.secret }))['access_token'] as string
  const ask = async (change: Record<string, string> = {}) => get('/cgi-bin/miniprogram/jscode2session', { access_token: await token(), js_code: emulator.issueWorkCode({ corpid: CORP.corpid, person: 'ming' }), grant_type: 'authorization_code', ...change })

  it('gives corpid, userid and session_key for a code of wx.qy.login, and neither openid nor unionid', async () => {
    const answer = await ask()
    expect(answer).toEqual({ errcode: 0, errmsg: 'ok', corpid: CORP.corpid, userid: 'ming', session_key: expect.any(String) as string })
    expect(Buffer.from(answer['session_key'] as string, 'base64')).toHaveLength(16)
  })

  it('gives a company the same access_token until its last five minutes', async () => {
    const first = await token()
    expect(await token()).toBe(first)
    emulator.clock.advance(116 * MINUTE)
    expect(await token()).not.toBe(first)
  })

  it.each<[number, Record<string, string>]>([[41001, { access_token: '' }], [40014, { access_token: 'x' }], [41008, { js_code: '' }], [40002, { grant_type: 'x' }], [40029, { js_code: 'x' }]])('refuses with %i: %j, in words of its own', async (errcode, change) => {
    expect(await ask(change)).toMatchObject({ errcode, errmsg: expect.stringMatching(new RegExp(`, hint: \\[\\d+\\], from ip: 127\\.0\\.0\\.1, more info at https://open\\.work\\.weixin\\.qq\\.com/devtool/query\\?e=${errcode}$`)) as string })
  })

  it('takes a code once, within five minutes, and no code of wx.login', async () => {
    const issue = () => emulator.issueWorkCode({ corpid: CORP.corpid, person: 'ming' })
    const [used, old] = [issue(), issue()]
    await ask({ js_code: used })
    expect((await ask({ js_code: used })).errcode).toBe(40029)
    expect((await ask({ js_code: emulator.issueCode(MING) })).errcode).toBe(40029)
    emulator.clock.advance(5 * MINUTE + 1)
    expect((await ask({ js_code: old })).errcode).toBe(40029)
  })

  it.each<[number, Record<string, string>]>([[41002, { corpid: '' }], [41004, { corpsecret: '' }], [40013, { corpid: 'wwemu0000000000000' }], [40001, { corpsecret: 'x' }]])('gives no access_token: %i for %j', async (errcode, change) => {
    expect((await get('/cgi-bin/gettoken', { corpid: CORP.corpid, corpsecret: CORP.secret, ...change })).errcode).toBe(errcode)
  })
})

it('refuses real ids and ids that are taken', () => {
  expect(() => emulator.addComponent({ appid: 'wx4f4bc4dec97d474b' })).toThrow('refuses real AppIDs')
  expect(() => emulator.addComponent({ appid: MING.appid })).toThrow('registered already')
  expect(() => emulator.addCorp({ corpid: 'ww4f4bc4dec97d474b' })).toThrow('refuses real CorpIDs')
  expect(() => emulator.addCorp(CORP)).toThrow('registered already')
  expect(() => emulator.issueComponentToken('wx1')).toThrow('unknown third-party platform')
  expect(() => emulator.issueWorkCode({ corpid: CORP.corpid, person: 'nobody' })).toThrow('unknown person')
})

it('is set up over the control API too', async () => {
  const post = async (path: string, body: object) => await (await fetch(`${emulator.url}/_emulator${path}`, { method: 'POST', body: JSON.stringify(body) })).json() as Answer
  const { appid, componentAccessToken } = await post('/components', { authorizers: [MING.appid] }) as { appid: string, componentAccessToken: string }
  expect((await get('/sns/component/jscode2session', { component_access_token: componentAccessToken, component_appid: appid, appid: MING.appid, js_code: emulator.issueCode(MING), grant_type: 'authorization_code' }))['openid']).toBeDefined()
  expect((await post('/components', { authorizers: 'x' }))['error']).toContain('list of appids')
  const { corpid } = await post('/corps', {}) as { corpid: string }
  expect(corpid).toMatch(/^wwemu[0-9a-f]{13}$/)
  expect((await post('/work-login', { corpid, person: 'ming' }))['code']).toMatch(/^\w{32}$/)
})
