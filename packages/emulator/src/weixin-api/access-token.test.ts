import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { signWithSessionKey } from '../crypto.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'

let emulator: Emulator
beforeEach(async () => { emulator = await createEmulator({ clock: { now: () => 1_795_000_000_000 } }) })
afterEach(() => emulator.close())

type Answer = Record<string, unknown>

async function read(response: Response): Promise<Answer> {
  expect(response.status).toBe(200)
  return await response.json() as Answer
}

const get = async (path: string, query: Record<string, string>) => read(await fetch(`${emulator.url}${path}?${new URLSearchParams(query).toString()}`))
const post = async (path: string, body: string | object) => read(await fetch(emulator.url + path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }))
const app = () => ({ appid: emulator.apps[0]!.appid, secret: emulator.apps[0]!.secret, grant_type: 'client_credential' })
const stable = async (force = false) => (await post('/cgi-bin/stable_token', { ...app(), force_refresh: force })).access_token as string
const classic = async () => (await get('/cgi-bin/token', app())).access_token as string
const verdict = async (token: string) => (await get('/wxa/checksession', { access_token: token, openid: 'o', sig_method: 'x', signature: '' })).errcode

const LIVE = 87008 // the token was taken: the next parameter is refused
const MINUTE = 60_000

describe('POST /cgi-bin/stable_token', () => {
  it('gives everybody the same token, until its last five minutes; then a new one, and both work for five minutes', async () => {
    const first = await stable()
    expect(await stable()).toBe(first)
    emulator.clock.advance(115 * MINUTE - 1)
    expect(await stable()).toBe(first)
    emulator.clock.advance(2)
    const second = await stable()
    expect(second).not.toBe(first)
    expect([await verdict(first), await verdict(second)]).toEqual([LIVE, LIVE])
    emulator.clock.advance(5 * MINUTE)
    expect([await verdict(first), await verdict(second)]).toEqual([42001, LIVE])
  })

  it('kills the old token at once when a refresh is forced, at most every 30 s and 20 times a day', async () => {
    const first = await stable()
    const second = await stable(true)
    expect([await verdict(first), await verdict(second)]).toEqual([40001, LIVE])
    expect(await stable(true)).toBe(second)
    for (let forced = 1; forced < 20; forced++) {
      emulator.clock.advance(30_000)
      expect(await stable(true)).not.toBe(second)
    }
    const last = await stable()
    emulator.clock.advance(30_000)
    expect(await stable(true)).toBe(last)
  })

  it.each([
    [{ grant_type: 'x' }, 40002], [{ appid: '' }, 41002], [{ secret: '' }, 41004], [{ appid: 'wxemu9999999999999' }, 40013], [{ secret: 'wrong' }, 40125],
  ])('refuses %j with %i', async (change, errcode) => {
    expect((await post('/cgi-bin/stable_token', { ...app(), ...change })).errcode).toBe(errcode)
  })

  it('refuses a GET, an empty body, and what is no JSON', async () => {
    expect((await get('/cgi-bin/stable_token', app())).errcode).toBe(43002)
    expect((await post('/cgi-bin/stable_token', '')).errcode).toBe(44002)
    expect((await post('/cgi-bin/stable_token', 'a=b')).errcode).toBe(47001)
  })
})

describe('GET /cgi-bin/token', () => {
  it('gives a new token with each call; the one before works for five more minutes', async () => {
    const [first, second] = [await classic(), await classic()]
    expect([await verdict(first), await verdict(second)]).toEqual([LIVE, LIVE])
    emulator.clock.advance(5 * MINUTE + 1)
    expect([await verdict(first), await verdict(second)]).toEqual([42001, LIVE])
  })

  it('leaves the stable token alone, and the other way round', async () => {
    const [mine, other] = [await stable(), await classic()]
    await classic()
    await stable(true)
    expect([await verdict(mine), await verdict(other), await stable() === mine]).toEqual([40001, LIVE, false])
  })
})

it('hides access_tokens and secrets in the traffic', async () => {
  const token = await stable()
  await verdict(token)
  const traffic = JSON.stringify(emulator.traffic.list())
  expect(traffic).not.toContain(token)
  expect(traffic).not.toContain(emulator.apps[0]!.secret)
})

describe('the session_key, by signature', () => {
  async function login() {
    const { appid, secret } = app()
    const code = emulator.issueCode({ appid, person: emulator.people[0]!.id })
    return await get('/sns/jscode2session', { appid, secret, js_code: code, grant_type: 'authorization_code' }) as { openid: string, session_key: string }
  }
  const ask = async (api: string, openid: string, signature: string, sigMethod = 'hmac_sha256') =>
    get(`/wxa/${api}`, { access_token: await stable(), openid, signature, sig_method: sigMethod })

  it('checksession knows the live key by its signature, in either case, and no other', async () => {
    const { openid, session_key: key } = await login()
    const signature = signWithSessionKey(key, '')
    expect(await ask('checksession', openid, signature)).toEqual({ errcode: 0, errmsg: 'ok' })
    expect((await ask('checksession', openid, signature.toUpperCase())).errcode).toBe(0)
    expect((await ask('checksession', openid, 'f'.repeat(64))).errcode).toBe(87009)
    expect((await ask('checksession', openid, signature, 'md5')).errcode).toBe(87008)
    expect((await ask('checksession', 'oNobody', signature)).errcode).toBe(40003)
    emulator.expireSession({ appid: app().appid, person: emulator.people[0]!.id })
    expect((await ask('checksession', openid, signature)).errcode).toBe(87007)
  })

  it('resetusersessionkey gives a new key and kills the old one', async () => {
    const { openid, session_key: key } = await login()
    const reset = await ask('resetusersessionkey', openid, signWithSessionKey(key, ''))
    expect(reset).toMatchObject({ errcode: 0, openid })
    expect((await ask('checksession', openid, signWithSessionKey(key, ''))).errcode).toBe(87009)
    expect((await ask('checksession', openid, signWithSessionKey(reset.session_key as string, ''))).errcode).toBe(0)
  })

  it('resetusersessionkey is no renewal: the new key dies when the old one would have died', async () => {
    emulator.apps[0]!.sessionKeyIdleMs = 10 * MINUTE
    const { openid, session_key: key } = await login()
    emulator.clock.advance(9 * MINUTE)
    const { session_key: next } = await ask('resetusersessionkey', openid, signWithSessionKey(key, '')) as { session_key: string }
    expect((await ask('checksession', openid, signWithSessionKey(next, ''))).errcode).toBe(0)
    emulator.clock.advance(1 * MINUTE + 1)
    expect((await ask('checksession', openid, signWithSessionKey(next, ''))).errcode).toBe(87007)
  })
})
