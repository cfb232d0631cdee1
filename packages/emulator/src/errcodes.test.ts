import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { signWithSessionKey } from './crypto.js'
import { createEmulator } from './emulator.js'
import type { Emulator } from './emulator.js'
import { ERROR_TEXTS } from './envelope.js'

const APP = { appid: 'wxemu00000000000aa', secret: 'secret' }
const OTHER = { appid: 'wxemu00000000000bb', secret: 'other' }
const LIMITED = { appid: 'wxemu00000000000cc', secret: 'limited', ipWhitelist: ['10.0.0.1'] }
const COMPONENT = 'wxemu00000000000dd'
const MING = { appid: APP.appid, person: 'ming' }

interface Row { readonly errcode: number, readonly text: string }

const page = readFileSync(new URL('../ERRCODES.md', import.meta.url), 'utf8')
const [bySituation = '', byFault = ''] = page.split('## By a fault only')
const rowsOf = (part: string): Row[] => [...part.matchAll(/^\| (-?\d+) \| `([^`]+)` \|/gm)].map(([, errcode, text = '']) => ({ errcode: Number(errcode), text }))

type Answer = { errcode?: number, errmsg?: string, [name: string]: unknown }

let emulator: Emulator
let quiet: { mockRestore(): void }
beforeAll(() => { quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true) })
afterAll(() => quiet.mockRestore())
beforeEach(async () => {
  const quotas = { '/wxa/getpluginopenpid': { minute: 2 }, '/wxa/msg_sec_check': { minute: 2 }, '/cgi-bin/token': { day: 2 } }
  emulator = await createEmulator({ clock: { now: () => 1_795_000_000_000 }, minuteQuota: 3, apps: [{ ...APP, unionScope: 'acme', quotas }, OTHER, LIMITED], people: [{ id: 'ming' }, { id: 'risky', risk: true }] })
  emulator.addComponent({ appid: COMPONENT })
  return () => emulator.close()
})

async function get(path: string, query: Record<string, string> = {}, init: RequestInit = {}): Promise<Answer> {
  return await (await fetch(`${emulator.url}${path}?${new URLSearchParams(query).toString()}`, init)).json() as Answer
}
const post = (path: string, query: Record<string, string>, body: string | object) => get(path, query, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })

const exchange = (change: Record<string, string> = {}) => get('/sns/jscode2session', { ...APP, js_code: emulator.issueCode(MING), grant_type: 'authorization_code', ...change })
const token = async ({ appid, secret }: { appid: string, secret: string } = APP, force = false) =>
  (await post('/cgi-bin/stable_token', {}, { grant_type: 'client_credential', appid, secret, force_refresh: force }))['access_token'] as string
const classic = (change: Record<string, string> = {}) => get('/cgi-bin/token', { ...APP, grant_type: 'client_credential', ...change })

async function check(change: Record<string, string> = {}, before: () => void = () => {}): Promise<Answer> {
  const login = await exchange()
  before()
  return get('/wxa/checksession', { access_token: await token(), openid: login['openid'] as string, signature: signWithSessionKey(login['session_key'] as string, ''), sig_method: 'hmac_sha256', ...change })
}

async function text(change: object = {}, before: () => void = () => {}): Promise<Answer> {
  const { openid } = await exchange()
  before()
  return post('/wxa/msg_sec_check', { access_token: await token() }, { content: 'x', version: 2, scene: 1, openid, ...change })
}

const phoneHash = async (hash: string) => post('/wxa/business/checkencryptedmsg', { access_token: await token() }, { encrypted_msg_hash: hash })
const plugin = async (body: string | object, app = APP) => post('/wxa/getpluginopenpid', { access_token: await token(app) }, body)
const paid = async () => get('/wxa/getpaidunionid', { access_token: await token(), openid: (await exchange())['openid'] as string })

async function last(calls: readonly (() => Promise<Answer>)[]): Promise<Answer> {
  let answer: Answer = {}
  for (const call of calls) answer = await call()
  return answer
}

const PROVOKE: Readonly<Record<number, () => Promise<Answer>>> = {
  1: () => phoneHash('0'.repeat(64)),
  1001: () => plugin({}),
  1003: () => last(Array.from({ length: 3 }, () => () => plugin({}))),
  1005: () => plugin({ code: emulator.issuePluginCode({ ...MING, plugin: OTHER.appid }) }),
  1007: () => plugin({ code: 'x' }),
  1022: () => plugin('x'),
  40001: () => check({ access_token: 'x' }),
  40002: () => exchange({ grant_type: 'x' }),
  40003: () => check({ openid: 'oNobody' }),
  40004: async () => post('/wxa/media_check_async', { access_token: await token() }, { media_url: 'https://x.test', media_type: 3, version: 2 }),
  40013: () => exchange({ appid: 'wxemu0000000000000' }),
  40014: () => get('/cgi-bin/miniprogram/jscode2session', { access_token: 'x' }),
  40029: () => exchange({ js_code: 'x' }),
  40066: () => get('/wxa/nonsense'),
  40097: () => phoneHash('x'),
  40125: () => exchange({ secret: 'x' }),
  40129: () => text({ scene: 5 }),
  40163: () => {
    const code = emulator.issueCode(MING)
    return last([() => exchange({ js_code: code }), () => exchange({ js_code: code })])
  },
  40164: () => classic({ appid: LIMITED.appid, secret: LIMITED.secret }),
  40226: () => exchange({ js_code: emulator.issueCode({ ...MING, person: 'risky' }) }),
  41001: () => check({ access_token: '' }),
  41002: () => exchange({ appid: '' }),
  41004: () => exchange({ secret: '' }),
  41008: () => exchange({ js_code: '' }),
  42001: async () => {
    const old = await token()
    emulator.clock.advance(7200_000)
    return check({ access_token: old })
  },
  43001: () => get('/sns/jscode2session', {}, { method: 'POST' }),
  43002: () => get('/cgi-bin/stable_token'),
  43104: async () => text({ openid: (await exchange({ ...OTHER, js_code: emulator.issueCode({ ...MING, appid: OTHER.appid }) }))['openid'] }),
  44002: async () => post('/wxa/msg_sec_check', { access_token: await token() }, ''),
  44991: () => last(Array.from({ length: 3 }, () => () => text())),
  45009: () => last(Array.from({ length: 3 }, () => () => classic())),
  45011: () => last(Array.from({ length: 4 }, () => () => exchange())),
  47001: async () => post('/wxa/msg_sec_check', { access_token: await token() }, 'x'),
  61003: () => get('/sns/component/jscode2session', { component_access_token: emulator.issueComponentToken(COMPONENT), component_appid: COMPONENT, appid: APP.appid, js_code: 'x', grant_type: 'authorization_code' }),
  61010: () => text({}, () => emulator.clock.advance(7200_001)),
  61024: () => classic({ appid: COMPONENT }),
  87007: () => check({}, () => emulator.expireSession(MING)),
  87008: () => check({ sig_method: 'md5' }),
  87009: () => check({ signature: '0'.repeat(64) }),
  87014: () => text({ content: 'emulated-risky', version: 1 }),
  89002: () => {
    emulator.apps[0]!.unionScope = null
    return paid()
  },
  89300: paid,
}

/** The text before the rid, or before WeChat Work's hint. */
const words = ({ errmsg = '' }: Answer): string => errmsg.replace(/,? rid: [\da-f-]{26}$|, hint: .*$/, '')

describe('the page of errcodes', () => {
  it('lists every text that the emulator knows, and says how to provoke all that a situation leads to', () => {
    const listed = [...rowsOf(bySituation), ...rowsOf(byFault)].map(({ errcode }) => errcode)
    expect(listed.toSorted((a, b) => a - b)).toEqual(Object.keys(ERROR_TEXTS).map(Number).toSorted((a, b) => a - b))
    expect(rowsOf(bySituation).map(({ errcode }) => errcode)).toEqual(Object.keys(PROVOKE).map(Number))
  })

  it.each(rowsOf(bySituation))('is right about $errcode', async ({ errcode, text: wanted }) => {
    const answer = await PROVOKE[errcode]!()
    expect([answer.errcode, words(answer)]).toEqual([errcode, wanted])
  })

  it.each(rowsOf(byFault))('is right about the fault $errcode', async ({ errcode, text: wanted }) => {
    emulator.fault({ path: '/cgi-bin/token', errcode })
    const answer = await classic()
    expect([answer.errcode, words(answer)]).toEqual([errcode, wanted])
  })
})
