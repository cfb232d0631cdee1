import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decryptUserData } from '../crypto.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'
import type { SessionKeyPolicy } from '../app.js'

const APPID = 'wxemu00000000000aa'
const OTHER_APPID = 'wxemu00000000000bb'
const USER = { appid: APPID, person: 'ming' }
const MINUTE = 60_000
const RID = /, rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/

interface Body { errcode?: number, errmsg?: string, openid?: string, session_key: string, unionid?: string }

let emulator: Emulator
beforeEach(async () => {
  emulator = await createEmulator({
    // Stands still: what is counted per minute must not depend on when the test runs.
    clock: { now: () => 1_800_000_000_000 },
    apps: [{ appid: APPID, secret: 's'.repeat(32) }, { appid: OTHER_APPID, secret: 't'.repeat(32) }],
    people: [{ id: 'ming', unionid: 'oUnionOfMing' }, { id: 'hong' }, { id: 'risky', risk: true }],
  })
})
afterEach(() => emulator.close())

async function exchange(changes: Record<string, string | undefined> = {}): Promise<{ status: number, type: string | null, body: Body }> {
  const all = { appid: APPID, secret: 's'.repeat(32), js_code: changes['js_code'] ?? emulator.issueCode(USER), grant_type: 'authorization_code', ...changes }
  const query = new URLSearchParams(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
  const response = await fetch(`${emulator.url}/sns/jscode2session?${query}`)
  return { status: response.status, type: response.headers.get('content-type'), body: JSON.parse(await response.text()) as Body }
}

describe('a good exchange', () => {
  it('answers openid and session_key as text/plain, without an errcode', async () => {
    const { status, type, body } = await exchange()
    expect([status, type]).toEqual([200, 'text/plain'])
    expect(Object.keys(body)).toEqual(['session_key', 'openid'])
    expect(body.openid).toMatch(/^o[\w-]{27}$/)
    expect(Buffer.from(body.session_key, 'base64')).toHaveLength(16)
  })

  it('uses codes of 32 characters', () => {
    expect(emulator.issueCode(USER)).toMatch(/^\w{32}$/)
  })

  it('gives one person the same openid in one app, and another in the next', async () => {
    const first = (await exchange()).body.openid
    const again = (await exchange()).body.openid
    const elsewhere = (await exchange({ appid: OTHER_APPID, secret: 't'.repeat(32), js_code: emulator.issueCode({ appid: OTHER_APPID, person: 'ming' }) })).body.openid
    expect(again).toBe(first)
    expect(elsewhere).not.toBe(first)
  })

  it('tells the unionid as soon as the app is bound, and another one per Open Platform account', async () => {
    const [app, other] = emulator.apps
    if (app === undefined || other === undefined) return expect.fail('two apps were made')
    app.unionScope = 'acme'
    expect((await exchange()).body.unionid).toBe('oUnionOfMing')
    expect((await exchange({ js_code: emulator.issueCode({ appid: APPID, person: 'hong' }) })).body.unionid).toBeUndefined()
    const fromOther = async () => (await exchange({ appid: OTHER_APPID, secret: 't'.repeat(32), js_code: emulator.issueCode({ appid: OTHER_APPID, person: 'ming' }) })).body.unionid
    other.unionScope = 'acme'
    expect(await fromOther()).toBe('oUnionOfMing')
    other.unionScope = 'someone else'
    expect(await fromOther()).toMatch(/^o(?!UnionOfMing)[\w-]{27}$/)
  })

  it('says errcode 0 when asked to', async () => {
    await withEmulator({ errcodeZero: true }, async (zero) => {
      const query = new URLSearchParams({ appid: zero.apps[0]?.appid ?? '', secret: zero.apps[0]?.secret ?? '', js_code: zero.issueCode({ appid: 'wxemu0123456789abc', person: 'xiaoming' }), grant_type: 'authorization_code' })
      expect(await (await fetch(`${zero.url}/sns/jscode2session?${query}`)).json()).toMatchObject({ errcode: 0, errmsg: 'ok' })
    })
  })
})

async function withEmulator(options: Parameters<typeof createEmulator>[0], work: (emulator: Emulator) => Promise<void>): Promise<void> {
  const other = await createEmulator(options)
  try {
    await work(other)
  } finally {
    await other.close()
  }
}

describe('a refusal', () => {
  it.each<[number, string, Record<string, string | undefined>]>([
    [41002, 'appid missing', { appid: undefined, secret: undefined }],
    [41004, 'appsecret missing', { secret: undefined, js_code: '' }],
    [41008, 'missing code', { js_code: '', grant_type: undefined }],
    [40002, 'invalid grant_type', { grant_type: 'client_credential', appid: 'wxemu0000000000000' }],
    [40013, 'invalid appid', { appid: 'wxemu0000000000000', secret: 'wrong' }],
    [40013, 'invalid appid', { appid: 'wx4f4bc4dec97d474b' }],
    [40125, 'invalid appsecret', { secret: 'wrong', js_code: 'nonsense' }],
    [40029, 'invalid code', { js_code: 'nonsense' }],
  ])('is %i %s with HTTP 200 and a rid', async (errcode, text, changes) => {
    const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const { status, type, body } = await exchange(changes)
    quiet.mockRestore()
    expect([status, type]).toEqual([200, 'text/plain'])
    expect(body.errcode).toBe(errcode)
    expect(body.errmsg?.replace(RID, '')).toBe(text)
    expect(body.errmsg).toMatch(RID)
  })

  it('carries the time of the request in the first group of its rid', async () => {
    const { body } = await exchange({ js_code: 'nonsense' })
    const seconds = parseInt(/rid: ([0-9a-f]{8})/.exec(body.errmsg ?? '')?.[1] ?? '', 16)
    expect(Math.abs(seconds - emulator.clock.now() / 1000)).toBeLessThan(5)
  })

  it('is 40163 for a code that was used', async () => {
    const code = emulator.issueCode(USER)
    expect((await exchange({ js_code: code })).body.openid).toBeDefined()
    expect((await exchange({ js_code: code })).body.errcode).toBe(40163)
  })

  it('is 40029 for a code of another app', async () => {
    expect((await exchange({ js_code: emulator.issueCode({ appid: OTHER_APPID, person: 'ming' }) })).body.errcode).toBe(40029)
  })

  it('is 40029 one millisecond after five minutes, and not before', async () => {
    const [early, late] = [emulator.issueCode(USER), emulator.issueCode(USER)]
    emulator.clock.advance(4.9 * MINUTE)
    expect((await exchange({ js_code: early })).body.openid).toBeDefined()
    emulator.clock.advance(0.1 * MINUTE + 1)
    expect((await exchange({ js_code: late })).body.errcode).toBe(40029)
  })

  it('is 40226 for a high-risk person', async () => {
    expect((await exchange({ js_code: emulator.issueCode({ appid: APPID, person: 'risky' }) })).body.errcode).toBe(40226)
  })

  it('is 45011 from the 101st exchange of one person in a minute, over all apps, until the next minute', async () => {
    const one = async () => (await exchange()).body.errcode
    expect(await Promise.all(Array.from({ length: 100 }, one))).not.toContain(45011)
    expect(await one()).toBe(45011)
    expect((await exchange({ js_code: emulator.issueCode({ appid: APPID, person: 'hong' }) })).body.errcode).toBeUndefined()
    emulator.clock.advance(MINUTE)
    expect(await one()).toBeUndefined()
  })

  it('is 43001 for POST, and 40066 for a path that WeChat does not have', async () => {
    const post = await (await fetch(`${emulator.url}/sns/jscode2session`, { method: 'POST' })).json() as Body
    const unknown = await (await fetch(`${emulator.url}/wxa/nonsense`)).json() as Body
    expect([post.errcode, unknown.errcode]).toEqual([43001, 40066])
    expect(unknown.errmsg).toMatch(/^invalid url rid: /)
  })

  it('tells on stderr that real AppIDs are never served', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await exchange({ appid: 'wx4f4bc4dec97d474b' })
    expect(stderr.mock.calls.join()).toContain('never a real one')
    stderr.mockRestore()
  })
})

describe('the session_key', () => {
  const policy = (value: SessionKeyPolicy) => { Object.assign(emulator.apps[0] ?? {}, { sessionKeyPolicy: value }) }
  const keyOf = async (code: string) => (await exchange({ js_code: code })).body.session_key
  const opens = (key: string) => {
    const { encryptedData, iv } = emulator.profileOf(USER)
    try {
      return decryptUserData(key, iv, encryptedData).includes('"watermark"')
    } catch {
      return false
    }
  }

  it('is replaced by each code under at_code: the key of the code before is dead when it arrives', async () => {
    const [first, second] = [emulator.issueCode(USER), emulator.issueCode(USER)]
    expect([opens(await keyOf(second)), opens(await keyOf(first))]).toEqual([true, false])
  })

  it('is replaced by each exchange under at_exchange', async () => {
    policy('at_exchange')
    const [first, second] = [emulator.issueCode(USER), emulator.issueCode(USER)]
    const [earlier, later] = [await keyOf(second), await keyOf(first)]
    expect([opens(earlier), opens(later)]).toEqual([false, true])
  })

  it('stays under sticky until it is expired', async () => {
    policy('sticky')
    const first = await keyOf(emulator.issueCode(USER))
    expect(await keyOf(emulator.issueCode(USER))).toBe(first)
    expect(opens(first)).toBe(true)
    emulator.expireSession(USER)
    expect(opens(first)).toBe(false)
    expect(await keyOf(emulator.issueCode(USER))).not.toBe(first)
  })
})

describe('faults', () => {
  const PATH = '/sns/jscode2session'
  const good = async () => (await exchange()).body.openid !== undefined

  it('answers an errcode for one call, and then works again', async () => {
    emulator.fault({ where: PATH, errcode: -1 })
    expect((await exchange()).body).toMatchObject({ errcode: -1, errmsg: expect.stringMatching(/^system error, rid: /) as string })
    expect(await good()).toBe(true)
  })

  it('goes on for as many calls as asked, until it is undone', async () => {
    const undo = emulator.fault({ where: PATH, errcode: 45009, times: Infinity })
    expect([await good(), await good()]).toEqual([false, false])
    undo()
    expect(await good()).toBe(true)
  })

  it('drops the connection', async () => {
    emulator.fault({ where: PATH, drop: true })
    await expect(exchange()).rejects.toThrow('fetch failed')
  })

  it('answers nonsense with any status', async () => {
    emulator.fault({ where: PATH, body: '<html>502', status: 502 })
    const response = await fetch(`${emulator.url}${PATH}`)
    expect([response.status, await response.text()]).toEqual([502, '<html>502'])
  })

  it('uses the code up first when the fault comes after', async () => {
    const code = emulator.issueCode(USER)
    emulator.fault({ where: PATH, drop: true, after: true })
    await expect(exchange({ js_code: code })).rejects.toThrow()
    expect((await exchange({ js_code: code })).body.errcode).toBe(40163)
  })

  it('only delays when nothing else is asked', async () => {
    emulator.fault({ where: PATH, delayMs: 20 })
    const late = good()
    await expect.poll(() => emulator.faults.list()).toEqual([])
    emulator.clock.advance(20)
    expect(await late).toBe(true)
  })

  it('refuses a rule that makes no sense, telling all that is wrong', () => {
    expect(() => emulator.fault({ where: 'sns', times: 0, errcode: 1.5, delayMs: -1, status: 1 })).toThrow(/"where".*"times".*"errcode".*"delayMs".*"status"/)
  })
})
