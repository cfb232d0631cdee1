import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decryptUserData, signRawData } from '../crypto.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'
import type { TrafficStep } from '../traffic.js'

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }

let emulator: Emulator
beforeEach(async () => { emulator = await createEmulator() })
afterEach(() => emulator.close())

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ status: number, text: string, json: Record<string, unknown> }> {
  const response = await fetch(`${emulator.url}/_emulator${path}`, { method, headers, ...body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) } })
  const text = await response.text()
  return { status: response.status, text, json: JSON.parse(text) as Record<string, unknown> }
}

/** The event stream of the traffic, not read yet. */
async function openStream(): Promise<Socket> {
  const { hostname, port } = new URL(emulator.url)
  const socket = connect(Number(port), hostname)
  socket.write(`GET /_emulator/traffic HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAccept: text/event-stream\r\n\r\n`)
  await new Promise((resolve) => { socket.once('readable', resolve) })
  return socket
}

async function exchange(code: unknown): Promise<{ session_key: string, openid?: string, errcode?: number }> {
  const { secret = '' } = emulator.apps[0] ?? {}
  const query = new URLSearchParams({ appid: USER.appid, secret, js_code: String(code), grant_type: 'authorization_code' })
  return await (await fetch(`${emulator.url}/sns/jscode2session?${query}`)).json() as { session_key: string, openid?: string }
}

describe('the control API', () => {
  it('lists apps with their secrets, and people', async () => {
    const { status, json } = await call('GET', '/state')
    expect([status, json]).toEqual([200, { version: 1, apps: emulator.apps, people: emulator.people, openids: [], unionids: [] }])
  })

  it('adds a person who can log in at once', async () => {
    const { json } = await call('POST', '/people', { nickName: '小红', unionid: 'oUnion' })
    const person = json['person'] as { id: string }
    expect(json).toMatchObject({ person: { nickName: '小红', unionid: 'oUnion' } })
    const { json: { code } } = await call('POST', '/login', { appid: USER.appid, person: person.id })
    expect(await exchange(code)).toHaveProperty('openid')
  })

  it('hands out a profile that the exchanged session_key opens, without openId', async () => {
    const { session_key } = await exchange((await call('POST', '/login', USER)).json['code'])
    const { json } = await call('POST', '/profile', USER)
    const { rawData, signature, encryptedData, iv, userInfo } = json as Record<string, string>
    expect(userInfo).toMatchObject({ nickName: '小明', language: 'zh_CN' })
    expect(signature).toBe(signRawData(rawData ?? '', session_key))
    const opened = JSON.parse(decryptUserData(session_key, iv ?? '', encryptedData ?? '')) as Record<string, unknown>
    expect(opened).toMatchObject({ nickName: '小明', watermark: { appid: USER.appid, timestamp: expect.any(Number) as number } })
    expect(opened).not.toHaveProperty('openId')
  })

  it('expires a session_key, so that a later profile does not open with it', async () => {
    const { session_key } = await exchange((await call('POST', '/login', USER)).json['code'])
    expect((await call('POST', '/session', { ...USER, expire: true })).json).toEqual({ ok: true, wasLive: true })
    const { json: { encryptedData, iv } } = await call('POST', '/profile', USER)
    expect(() => JSON.parse(decryptUserData(session_key, String(iv), String(encryptedData))) as unknown).toThrow()
  })

  it('moves the clock past the life of a code', async () => {
    const { json: { code } } = await call('POST', '/login', USER)
    const { json: { now: before } } = await call('GET', '/clock')
    const { json: { now: after } } = await call('POST', '/clock', { advanceMs: 300_001 })
    expect(Number(after) - Number(before)).toBeGreaterThanOrEqual(300_001)
    expect(await exchange(code)).toMatchObject({ errcode: 40029 })
  })

  it('lets a reader of the traffic go that does not read, and keeps the others', async () => {
    const [lazy, eager] = await Promise.all([openStream(), openStream()])
    let last = ''
    eager.on('data', (chunk: Buffer) => { last = (last + chunk.toString()).slice(-400) })
    const eagerHears = (words: string) => expect.poll(() => last, { interval: 2 }).toContain(words)
    // Far beyond what the system buffers for a connection; each step is read to its end before the next is written.
    const lines = Array.from({ length: 2000 }, () => 'x'.repeat(300))
    for (let step = 0; step < 40; step++) {
      emulator.traffic.noteLocal({ name: 'a long step', detail: [...lines, `that was step ${step}.`] })
      await eagerHears(`that was step ${step}.`)
    }
    emulator.traffic.noteLocal({ name: 'the end' })
    await eagerHears('the end')
    const ended = new Promise<string>((resolve) => {
      let text = ''
      lazy.on('data', (chunk: Buffer) => { text = (text + chunk.toString()).slice(-400) })
      lazy.on('close', () => resolve(text)).on('error', () => undefined)
    })
    expect(await ended).not.toContain('the end')
    eager.destroy()
  })

  it('sets faults and clears them', async () => {
    await call('POST', '/faults', { where: '/sns/jscode2session', errcode: 45009, times: 9 })
    expect(await exchange('x')).toMatchObject({ errcode: 45009 })
    await call('DELETE', '/faults')
    expect(await exchange('x')).toMatchObject({ errcode: 40029 })
  })

  it('lists faults with their hits, takes them as a line, and ends one', async () => {
    await call('POST', '/faults', { line: '/sns/jscode2session errcode=45009 always' })
    const { json: { id } } = await call('POST', '/faults', { where: 'storage' })
    await exchange('x')
    expect((await call('GET', '/faults')).json).toEqual({ faults: [
      { id: 1, hits: 1, left: 'always', rule: { where: '/sns/jscode2session', errcode: 45009, times: 'always' }, line: '/sns/jscode2session errcode=45009 always' },
      { id: 2, hits: 0, left: 1, rule: { where: 'storage', errMsg: 'Failed To Send Sync' }, line: 'storage errMsg="Failed To Send Sync"' },
    ] })
    await call('DELETE', '/faults', { id })
    expect((await call('GET', '/faults')).json.faults).toHaveLength(1)
    expect((await call('DELETE', '/faults', { id })).status).toBe(404)
  })
})

describe('bad input', () => {
  it.each<[string, string, unknown, number, RegExp]>([
    ['POST', '/login', '{', 400, /not valid JSON/],
    ['POST', '/login', '[]', 400, /must be a JSON object/],
    ['POST', '/login', {}, 400, /"appid" is missing/],
    ['POST', '/login', { ...USER, appid: 7 }, 400, /"appid" must be a string, got a number/],
    ['POST', '/login', { ...USER, person: { id: 'xiaoming' } }, 400, /must be the id of a person \(a string\), not an object/],
    ['POST', '/login', { ...USER, person: null }, 400, /"person" must be a string, got null/],
    ['POST', '/login', { ...USER, person: 'nobody' }, 404, /no person "nobody".*POST \/_emulator\/people/],
    ['POST', '/login', { ...USER, appid: 'wx4f4bc4dec97d474b' }, 404, /no app "wx4f4bc4dec97d474b"/],
    ['POST', '/people', { nickName: ['x'] }, 400, /"nickName" must be a string, got an array/],
    ['POST', '/people', { id: 'xiaoming' }, 400, /exists already/],
    ['POST', '/people', { id: 'a b' }, 400, /1 to 64 letters/],
    ['POST', '/session', USER, 400, /"expire" must be true/],
    ['POST', '/clock', { advanceMs: -1 }, 400, /time does not go back/],
    ['POST', '/clock', {}, 400, /"advanceMs" is missing/],
    ['POST', '/faults', { where: 'x' }, 400, /"where" must be a path/],
    ['GET', '/nonsense', undefined, 404, /there is no \/_emulator\/nonsense; there are \/_emulator\/state/],
    ['GET', '/constructor', undefined, 404, /there is no/],
    ['DELETE', '/login', undefined, 405, /takes POST, not DELETE/],
  ])('%s %s with %j is %i and tells what to do', async (method, path, body, status, text) => {
    const answer = await call(method, path, body)
    expect(answer.status).toBe(status)
    expect(answer.json['error']).toMatch(text)
    expect(answer.text).not.toMatch(/\bat .*\.[jt]s/)
  })

  it('is 413 when it is longer than 8 MiB', async () => {
    const { status, json } = await call('POST', '/login', { appid: 'x'.repeat(8_400_000) })
    expect([status, json]).toEqual([413, { error: 'the body is longer than 8388608 bytes' }])
  })

  it('refuses a request that a web page elsewhere sent', async () => {
    expect((await call('POST', '/login', USER, { origin: 'https://evil.test' })).status).toBe(403)
    expect((await call('POST', '/login', USER, { origin: emulator.url })).status).toBe(200)
  })

  it.each([
    ['evil.test', 421], ['evil.test:7070', 421], ['127.0.0.1.evil.test', 421], ['localhost.evil.test', 421],
    ['localhost:1', 200], ['127.0.0.1', 200], ['[::1]:7070', 200], ['api.weixin.qq.com', 200],
  ])('answers the Host header %s with %i', async (host, status) => {
    const got = await new Promise<number | undefined>((resolve, reject) => {
      httpRequest(`${emulator.url}/_emulator/clock`, { headers: { host } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).on('error', reject).end()
    })
    expect(got).toBe(status)
  })
})

describe('traffic', () => {
  it('shows a login as calls and answers, with no secret, key, code or token in its bytes', async () => {
    const { json: { code } } = await call('POST', '/login', USER)
    const { session_key } = await exchange(code)
    const { text, json } = await call('GET', '/traffic')
    const steps = json['steps'] as TrafficStep[]
    expect(steps.map(({ kind, from, to, name }) => `${kind} ${from}→${to} ${name}`)).toEqual([
      'call phone→wechat wx.login', 'answer wechat→phone wx.login',
      'call server→wechat GET /sns/jscode2session', 'answer wechat→server GET /sns/jscode2session',
    ])
    for (const hidden of [session_key, emulator.apps[0]?.secret, String(code)]) {
      expect(hidden).toBeTruthy()
      expect(text).not.toContain(hidden)
      expect(text).not.toContain(encodeURIComponent(String(hidden)))
    }
    expect(text).toContain(`js_code=${String(code).slice(0, 4)}…`)
  })

  it('is forgotten on request', async () => {
    await call('POST', '/login', USER)
    await call('DELETE', '/traffic')
    expect((await call('GET', '/traffic')).json).toEqual({ steps: [] })
  })

  it('keeps the last 1000 steps', () => {
    const device = emulator.openDevice(USER)
    for (let i = 0; i < 1100; i++) device.wx.login({ success: () => undefined })
    expect(emulator.traffic.list()).toHaveLength(1000)
    expect(emulator.traffic.list().at(-1)?.id).toBe(2200)
  })

  it('is streamed: first what was, then what comes', async () => {
    await call('POST', '/login', USER)
    const response = await fetch(`${emulator.url}/_emulator/traffic`, { headers: { accept: 'text/event-stream' } })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const ids: number[] = []
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString()
      ids.splice(0, ids.length, ...[...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1])))
      if (ids.length === 2) await call('POST', '/login', USER)
      if (ids.length === 4) break
    }
    expect(ids).toEqual([1, 2, 3, 4])
  })

  it('reaches subscribers until they leave', () => {
    const seen: string[] = []
    const off = emulator.traffic.subscribe((step) => seen.push(step.kind))
    const { wx } = emulator.openDevice(USER)
    void wx.login()
    off()
    void wx.login()
    expect(seen).toEqual(['call', 'answer'])
  })
})
