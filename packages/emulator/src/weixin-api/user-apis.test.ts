import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { signWithSessionKey } from '../crypto.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'

const NOW = 1_795_000_000_000
const APP = 0
const PLUGIN = 1
const MING = { appid: 'wxemu00000000000aa', person: 'ming' }
const HONG = { appid: 'wxemu00000000000aa', person: 'hong' }
const MINUTE = 60_000

let emulator: Emulator
beforeEach(async () => {
  emulator = await createEmulator({ clock: { now: () => NOW }, apps: [{ appid: MING.appid, unionScope: 'acme' }, { appid: 'wxemu00000000000bb' }], people: [{ id: 'ming' }, { id: 'hong', unionid: 'oUnionOfHong' }] })
})
afterEach(() => emulator.close())

type Answer = Record<string, unknown>
const read = async (response: Promise<Response>) => await (await response).json() as Answer
const text = (query: Record<string, string>) => new URLSearchParams(query).toString()

async function tokenOf(index: number): Promise<string> {
  const { appid, secret } = emulator.apps[index] ?? expect.fail('no such app')
  return (await read(fetch(`${emulator.url}/cgi-bin/stable_token`, { method: 'POST', body: JSON.stringify({ appid, secret, grant_type: 'client_credential' }) })))['access_token'] as string
}

async function login(user = MING): Promise<{ openid: string, session_key: string, unionid?: string }> {
  const { appid, secret } = emulator.apps[APP] ?? expect.fail('no such app')
  return await read(fetch(`${emulator.url}/sns/jscode2session?${text({ appid, secret, grant_type: 'authorization_code', js_code: emulator.issueCode(user) })}`)) as never
}

describe('GET /wxa/getpaidunionid', () => {
  const ask = async (query: Record<string, string>, index = APP) => read(fetch(`${emulator.url}/wxa/getpaidunionid?${text({ access_token: await tokenOf(index), ...query })}`))

  it('tells the unionid of somebody who just paid, by either name of the payment; later logins tell it too', async () => {
    const { openid, unionid } = await login()
    expect(unionid).toBeUndefined()
    const { transactionId, mchId, outTradeNo } = emulator.pay(MING)
    const byTransaction = await ask({ openid, transaction_id: transactionId })
    expect(byTransaction).toEqual({ errcode: 0, errmsg: 'ok', unionid: expect.stringMatching(/^o[\w-]{27}$/) as string })
    expect(await ask({ openid, mch_id: mchId, out_trade_no: outTradeNo })).toEqual(byTransaction)
    expect((await login()).unionid).toBe(byTransaction['unionid'])
  })

  it('tells the unionid that the person has anyway', async () => {
    const { openid } = await login(HONG)
    expect((await ask({ openid, transaction_id: emulator.pay(HONG).transactionId }))['unionid']).toBe('oUnionOfHong')
  })

  it('is 89300 for no such payment, somebody else\'s, and one of more than five minutes ago', async () => {
    const { openid } = await login()
    const { transactionId } = emulator.pay(MING)
    const other = emulator.pay(HONG)
    expect((await ask({ openid }))['errcode']).toBe(89300)
    expect((await ask({ openid, transaction_id: other.transactionId }))['errcode']).toBe(89300)
    expect((await ask({ openid, mch_id: other.mchId, out_trade_no: other.outTradeNo }))['errcode']).toBe(89300)
    emulator.clock.advance(5 * MINUTE)
    expect((await ask({ openid, transaction_id: transactionId }))['errcode']).toBe(0)
    emulator.clock.advance(1)
    expect((await ask({ openid, transaction_id: transactionId }))['errcode']).toBe(89300)
  })

  it('is 40003 for an unknown openid, and 89002 for an app that is bound to no Open Platform account', async () => {
    expect((await ask({ openid: 'oNobody' }))['errcode']).toBe(40003)
    const { openid } = await login()
    emulator.apps[APP]!.unionScope = null
    expect((await ask({ openid, transaction_id: emulator.pay(MING).transactionId }))['errcode']).toBe(89002)
  })
})

describe('POST /wxa/getpluginopenpid', () => {
  const ask = async (body: unknown, index = PLUGIN) => read(fetch(`${emulator.url}/wxa/getpluginopenpid?access_token=${await tokenOf(index)}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }))
  const issue = (user = MING) => emulator.issuePluginCode({ ...user, plugin: 'wxemu00000000000bb' })

  it('gives the plugin one id per user and host, always the same, and not the openid', async () => {
    const first = await ask({ code: issue() })
    expect(first).toEqual({ errcode: 0, errmsg: 'ok', openpid: expect.stringMatching(/^o[\w-]{27}$/) as string })
    expect(await ask({ code: issue() })).toEqual(first)
    expect((await ask({ code: issue(HONG) }))['openpid']).not.toBe(first['openpid'])
    expect((await ask({ code: emulator.issuePluginCode({ appid: 'wxemu00000000000bb', person: 'ming', plugin: 'wxemu00000000000bb' }) }))['openpid']).not.toBe(first['openpid'])
    expect((await login()).openid).not.toBe(first['openpid'])
  })

  it('is 1007 for an unknown, used or five minutes old code, and for a code of wx.login', async () => {
    const [used, old] = [issue(), issue()]
    await ask({ code: used })
    expect((await ask({ code: used }))['errcode']).toBe(1007)
    expect((await ask({ code: emulator.issueCode(MING) }))['errcode']).toBe(1007)
    emulator.clock.advance(5 * MINUTE + 1)
    expect((await ask({ code: old }))['errcode']).toBe(1007)
  })

  it('is 1005 with the token of another app, which leaves the code good; 1001 without a code; 1022 for what is no JSON', async () => {
    const code = issue()
    expect((await ask({ code }, APP))['errcode']).toBe(1005)
    expect((await ask({ code }))['errcode']).toBe(0)
    expect([(await ask({}))['errcode'], (await ask('code=x'))['errcode'], (await ask(''))['errcode']]).toEqual([1001, 1022, 1022])
  })
})

describe('GET /wxa/business/getuserencryptkey', () => {
  async function ask(method = 'GET', change: Record<string, string> = {}): Promise<{ errcode: number, key_info_list: Answer[] }> {
    const { openid, session_key } = await login()
    const query = text({ access_token: await tokenOf(APP), openid, signature: signWithSessionKey(session_key, ''), sig_method: 'hmac_sha256', ...change })
    return await read(fetch(`${emulator.url}/wxa/business/getuserencryptkey?${query}`, { method })) as never
  }

  it('gives a key of 16 bytes, an iv of 16 characters and an hour\'s life, the same until it is dead', async () => {
    const first = await ask()
    expect(first).toEqual({ errcode: 0, errmsg: 'ok', key_info_list: [{ encrypt_key: expect.any(String) as string, version: 1, expire_in: 3600, iv: expect.stringMatching(/^.{16}$/) as string, create_time: NOW / 1000 }] })
    expect(Buffer.from(first.key_info_list[0]?.['encrypt_key'] as string, 'base64')).toHaveLength(16)
    emulator.clock.advance(1000)
    expect((await ask()).key_info_list).toEqual([{ ...first.key_info_list[0], expire_in: 3599 }])
  })

  it('keeps the last three, the latest first, the dead ones with nothing left to live', async () => {
    for (let hour = 0; hour < 4; hour++) {
      await ask()
      emulator.clock.advance(60 * MINUTE)
    }
    const { key_info_list: keys } = await ask()
    expect(keys.map(({ version, expire_in }) => [version, expire_in])).toEqual([[5, 3600], [4, 0], [3, 0]])
  })

  it('takes a POST with an empty body as well (WxJava), and upper-case hex', async () => {
    expect((await ask('POST')).errcode).toBe(0)
  })

  it('wants the signature of the live session_key: 87009, 87008, 40003', async () => {
    expect([(await ask('GET', { signature: 'f'.repeat(64) })).errcode, (await ask('GET', { sig_method: 'md5' })).errcode, (await ask('GET', { openid: 'oNobody' })).errcode]).toEqual([87009, 87008, 40003])
  })
})

it('takes what checksession needs from the body too, as the newer page of the docs has it', async () => {
  const { openid, session_key } = await login()
  const body = JSON.stringify({ openid, signature: signWithSessionKey(session_key, ''), sig_method: 'hmac_sha256' })
  expect(await read(fetch(`${emulator.url}/wxa/checksession?access_token=${await tokenOf(APP)}`, { method: 'POST', body }))).toEqual({ errcode: 0, errmsg: 'ok' })
})

it('hands out plugin codes and payments over the control API', async () => {
  const post = (path: string, body: object) => read(fetch(`${emulator.url}/_emulator${path}`, { method: 'POST', body: JSON.stringify(body) }))
  expect((await post('/plugin', { ...MING, plugin: 'wxemu00000000000bb' }))['code']).toMatch(/^\w{32}$/)
  expect((await post('/plugin', { ...MING, plugin: 'wx1' }))['error']).toContain('unknown appid "wx1"')
  expect(await post('/pay', { ...MING, mchId: '1900000001' })).toEqual({ transactionId: expect.stringMatching(/^42000\d{18}$/) as string, mchId: '1900000001', outTradeNo: expect.any(String) as string })
})
