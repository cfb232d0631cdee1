import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'

const NOW = 1_795_000_000_000
const APPID = 'wxemu00000000000aa'
const MING = { appid: APPID, person: 'ming' }

let emulator: Emulator
let token: string
let openid: string
beforeEach(async () => {
  emulator = await createEmulator({ clock: { now: () => NOW }, apps: [{ appid: APPID }, { appid: 'wxemu00000000000bb' }], people: [{ id: 'ming' }] })
  const [app] = emulator.apps
  token = ((await post('/cgi-bin/stable_token', { grant_type: 'client_credential', appid: app?.appid, secret: app?.secret })) as { access_token: string }).access_token
  openid = await login(0)
})
afterEach(() => emulator.close())

async function login(index: number): Promise<string> {
  const { appid, secret } = emulator.apps[index] ?? expect.fail('no such app')
  const query = new URLSearchParams({ appid, secret, grant_type: 'authorization_code', js_code: emulator.issueCode({ ...MING, appid }) })
  return ((await (await fetch(`${emulator.url}/sns/jscode2session?${query.toString()}`)).json()) as { openid: string }).openid
}

async function post(path: string, body: object | string): Promise<Record<string, unknown>> {
  const response = await fetch(`${emulator.url}${path}?access_token=${token}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })
  expect(response.status).toBe(200)
  return await response.json() as Record<string, unknown>
}

const TRACE = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/) as string
const text = (changes: object = {}) => post('/wxa/msg_sec_check', { version: 2, scene: 2, openid, content: '你好', ...changes })
const media = (changes: object = {}) => post('/wxa/media_check_async', { version: 2, scene: 1, openid, media_type: 2, media_url: 'https://x.test/a.png', ...changes })

describe('POST /wxa/msg_sec_check', () => {
  it('passes a good text with label 100', async () => {
    expect(await text()).toEqual({ errcode: 0, errmsg: 'ok', result: { suggest: 'pass', label: 100 }, detail: [{ strategy: 'content_model', errcode: 0, suggest: 'pass', label: 100, prob: 90 }], trace_id: TRACE })
  })

  it.each([['这是违规测试', 'risky', 20001], ['emulated-review', 'review', 21000], ['emulated-review and emulated-risky', 'risky', 20002]])('judges %j as %s %i, naming the words that hit', async (content, suggest, label) => {
    const answer = await text({ content })
    expect(answer['result']).toEqual({ suggest, label })
    expect(answer['detail']).toContainEqual({ strategy: 'keyword', errcode: 0, suggest, label, level: 90, keyword: expect.any(String) as string })
  })

  it('looks at title, nickname and signature too', async () => {
    expect((await text({ scene: 1, nickname: '违规测试' }))['result']).toMatchObject({ suggest: 'risky' })
  })

  it('goes by the words that it was given', async () => {
    const other = await createEmulator({ contentRules: [{ text: '优惠', suggest: 'risky', label: 10001 }], apps: [{ appid: APPID }], people: [{ id: 'ming' }] })
    await emulator.close()
    emulator = other
    const [app] = emulator.apps
    token = (await post('/cgi-bin/stable_token', { grant_type: 'client_credential', appid: app?.appid, secret: app?.secret }))['access_token'] as string
    openid = await login(0)
    expect([(await text({ content: '优惠' }))['result'], (await text({ content: 'emulated-risky' }))['result']]).toEqual([{ suggest: 'risky', label: 10001 }, { suggest: 'pass', label: 100 }])
  })

  it.each<[number, object]>([
    [47001, { content: '' }], [47001, { content: '字'.repeat(2501) }], [40129, { scene: 5 }], [40129, { scene: '2' }], [40003, { openid: 'oNobody' }], [40003, { openid: undefined }],
  ])('refuses with %i: %j', async (errcode, changes) => {
    expect((await text(changes))['errcode']).toBe(errcode)
  })

  it('takes 2500 characters, counted as characters', async () => {
    expect((await text({ content: '😀'.repeat(2500) }))['errcode']).toBe(0)
  })

  it('refuses the openid of another app with 43104, and one who has not been there for two hours with 61010', async () => {
    expect((await text({ openid: await login(1) }))['errcode']).toBe(43104)
    emulator.clock.advance(3600_000)
    expect((await text())['errcode']).toBe(0)
    emulator.clock.advance(3600_000 - 1000)
    expect((await text())['errcode']).toBe(0)
    token = (await post('/cgi-bin/stable_token', { grant_type: 'client_credential', appid: APPID, secret: emulator.apps[0]?.secret }))['access_token'] as string
    emulator.clock.advance(1001)
    expect((await text())['errcode']).toBe(61010)
  })

  it('refuses a GET, an empty body, what is no JSON object, and a missing token', async () => {
    expect((await (await fetch(`${emulator.url}/wxa/msg_sec_check?access_token=${token}`)).json() as { errcode: number }).errcode).toBe(43002)
    expect((await post('/wxa/msg_sec_check', ''))['errcode']).toBe(44002)
    expect([(await post('/wxa/msg_sec_check', 'a=b'))['errcode'], (await post('/wxa/msg_sec_check', '[]'))['errcode']]).toEqual([47001, 47001])
    token = ''
    expect((await text())['errcode']).toBe(41001)
  })

  it('answers as the first version without `version`: ok or 87014, no openid asked', async () => {
    expect(await text({ version: undefined, openid: undefined, scene: undefined })).toEqual({ errcode: 0, errmsg: 'ok' })
    expect(await text({ version: undefined, content: '违规测试' })).toMatchObject({ errcode: 87014, errmsg: expect.stringMatching(/^risky content rid: /) as string })
  })
})

describe('POST /wxa/media_check_async', () => {
  async function openBackEnd(): Promise<() => Promise<Record<string, unknown>>> {
    const got: Record<string, unknown>[] = []
    let wake = () => {}
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => got.push(JSON.parse(chunk.toString()) as Record<string, unknown>)).on('end', () => {
        response.end('success')
        wake()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }))
    emulator.apps[0]!.push = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, token: 'abc', mode: 'plain', format: 'json' }
    return async () => {
      if (got.length === 0) await new Promise<void>((resolve) => { wake = resolve })
      return got.shift() ?? expect.fail('nothing came')
    }
  }

  it('answers a trace_id, and pushes the verdict under it a second later', async () => {
    const next = await openBackEnd()
    const { trace_id: trace, ...rest } = await media({ media_url: 'https://x.test/emulated-risky.png' })
    expect([rest, trace]).toEqual([{ errcode: 0, errmsg: 'ok' }, TRACE])
    emulator.clock.advance(1000)
    expect(await next()).toEqual({
      ToUserName: expect.stringMatching(/^gh_/) as string, FromUserName: expect.not.stringMatching(openid) as string, CreateTime: NOW / 1000 + 1, MsgType: 'event', Event: 'wxa_media_check',
      appid: APPID, trace_id: trace, version: 2, errcode: 0, errmsg: 'ok', result: { suggest: 'risky', label: 20002 },
      detail: [{ strategy: 'content_model', errcode: 0, suggest: 'risky', label: 20002, prob: 90 }, { strategy: 'keyword', errcode: 0, suggest: 'risky', label: 20002, level: 90, keyword: 'emulated-risky' }],
    })
  })

  it('pushes -1008 for an address that cannot be fetched', async () => {
    const next = await openBackEnd()
    await media({ media_url: 'https://x.test/emulated-unreachable.mp3', media_type: 1 })
    emulator.clock.advance(1000)
    const event = await next()
    expect([event['errcode'], event['result']]).toEqual([-1008, undefined])
  })

  it.each<[number, object]>([[40004, { media_type: 3 }], [47001, { media_url: '' }], [47001, { version: undefined }], [40129, { scene: 0 }], [40003, { openid: 'oNobody' }]])('refuses with %i: %j', async (errcode, changes) => {
    expect((await media(changes))['errcode']).toBe(errcode)
  })

  it('says on stderr when there is nobody to push to', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await media()
    emulator.clock.advance(1000)
    expect(stderr.mock.calls.join()).toContain('has no "push"')
    stderr.mockRestore()
  })
})
