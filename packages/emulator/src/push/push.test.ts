import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { decryptPush, signPush } from '../crypto.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'
import type { PushConfig } from './config.js'

const NOW = 1_795_000_000_000
const APPID = 'wxemu00000000000aa'
const MING = { appid: APPID, person: 'ming' }
const TOKEN = 'pushtoken'
const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'

interface Seen { readonly method: string, readonly query: Record<string, string>, readonly body: string }

interface BackEnd {
  readonly url: string
  readonly seen: Seen[]
  /** Resolves once so many requests have arrived. */
  arrived(count: number): Promise<void>
}

async function openBackEnd(answer: (seen: Seen, response: ServerResponse) => void): Promise<BackEnd> {
  const seen: Seen[] = []
  let wake = () => {}
  const server = createServer((request, response) => {
    void read(request).then((one) => {
      seen.push(one)
      wake()
      answer(one, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  }))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/push`,
    seen,
    async arrived(count) {
      while (seen.length < count) await new Promise<void>((resolve) => { wake = resolve })
    },
  }
}

async function read(request: IncomingMessage): Promise<Seen> {
  let body = ''
  for await (const chunk of request as AsyncIterable<Buffer>) body += chunk.toString()
  return { method: request.method ?? '', query: Object.fromEntries(new URL(request.url ?? '', 'http://x').searchParams), body }
}

async function open(push: PushConfig): Promise<Emulator> {
  const emulator = await createEmulator({ clock: { now: () => NOW }, apps: [{ appid: APPID, push }, { appid: 'wxemu00000000000bb' }], people: [{ id: 'ming' }] })
  onTestFinished(() => emulator.close())
  return emulator
}

const welcome = (_: Seen, response: ServerResponse) => void response.end('success')

it('tells a plain back end who changed the profile, signed with the token', async () => {
  const backEnd = await openBackEnd(welcome)
  const emulator = await open({ url: backEnd.url, token: TOKEN, mode: 'plain', format: 'json' })
  expect(await emulator.push({ ...MING, event: 'user_info_modified' })).toEqual({ delivered: true, attempts: [{ status: 200, reply: { kind: 'success' } }] })
  const [{ method, query, body } = expect.fail('nothing came')] = backEnd.seen
  const { FromUserName: openid, ...event } = JSON.parse(body) as Record<string, unknown>
  expect(event).toEqual({ ToUserName: expect.stringMatching(/^gh_[0-9a-f]{12}$/) as string, CreateTime: NOW / 1000, MsgType: 'event', Event: 'user_info_modified', OpenID: openid, AppID: APPID })
  expect(openid).toMatch(/^o[\w-]{27}$/)
  expect(method).toBe('POST')
  expect(query['signature']).toBe(signPush(TOKEN, query['timestamp'] ?? '', query['nonce'] ?? ''))
  expect(Object.keys(query)).toEqual(['signature', 'timestamp', 'nonce'])
})

it('tells a safe back end what was revoked, in a cipher that names the app, with the openid of the user\'s logins', async () => {
  const backEnd = await openBackEnd((_, response) => void response.end())
  const emulator = await open({ url: backEnd.url, token: TOKEN, encodingAESKey: KEY, mode: 'safe', format: 'json' })
  expect((await emulator.push({ ...MING, event: 'user_authorization_revoke', revokeInfo: '6,8' })).attempts).toEqual([{ status: 200, reply: { kind: 'empty' } }])
  const [{ query, body } = expect.fail('nothing came')] = backEnd.seen
  const { Encrypt: encrypt } = JSON.parse(body) as { Encrypt: string }
  expect(query['msg_signature']).toBe(signPush(TOKEN, query['timestamp'] ?? '', query['nonce'] ?? '', encrypt))
  const { message, appid } = decryptPush(KEY, encrypt)
  expect(appid).toBe(APPID)
  const secret = emulator.apps[0]?.secret ?? ''
  const login = await fetch(`${emulator.url}/sns/jscode2session?${new URLSearchParams({ appid: APPID, secret, grant_type: 'authorization_code', js_code: emulator.issueCode(MING) }).toString()}`)
  const { openid } = await login.json() as { openid: string }
  expect(JSON.parse(message)).toMatchObject({ Event: 'user_authorization_revoke', OpenID: openid, AppID: APPID, RevokeInfo: '6,8' })
  expect(query['openid']).toBe(openid)
})

it('sends an event three times, each freshly signed and with the same content, when the back end answers no 2xx', async () => {
  const backEnd = await openBackEnd((_, response) => void response.writeHead(502).end('<html>'))
  const emulator = await open({ url: backEnd.url, token: TOKEN, mode: 'plain', format: 'json' })
  const { delivered, attempts } = await emulator.push({ ...MING, event: 'user_authorization_cancellation' })
  expect([delivered, attempts.length]).toEqual([false, 3])
  expect(attempts[0]).toMatchObject({ status: 502, reply: { kind: 'unknown' } })
  expect(new Set(backEnd.seen.map(({ body }) => body)).size).toBe(1)
  expect(new Set(backEnd.seen.map(({ query }) => query['nonce'])).size).toBe(3)
})

it('waits five seconds of the emulator\'s clock for an answer, then tries again and stops at the first good one', async () => {
  const backEnd = await openBackEnd((_, response) => { if (backEnd.seen.length === 2) response.end('success') })
  const emulator = await open({ url: backEnd.url, token: TOKEN, mode: 'plain', format: 'json' })
  const report = emulator.push({ ...MING, event: 'user_info_modified' })
  await backEnd.arrived(1)
  emulator.clock.advance(4999)
  expect(backEnd.seen).toHaveLength(1)
  emulator.clock.advance(1)
  expect(await report).toEqual({ delivered: true, attempts: [{ failure: 'no answer within 5000 ms' }, { status: 200, reply: { kind: 'success' } }] })
})

it('reports a back end that is not there, after as many tries as the app asks for', async () => {
  const emulator = await open({ url: 'http://127.0.0.1:1/push', token: TOKEN, mode: 'plain', format: 'json', tries: 2 })
  const { delivered, attempts } = await emulator.push({ ...MING, event: 'user_info_modified' })
  expect([delivered, attempts]).toEqual([false, [{ failure: expect.stringContaining('ECONNREFUSED') as string }, { failure: expect.stringContaining('ECONNREFUSED') as string }]])
})

it('ends what is under way when the emulator is closed', async () => {
  const backEnd = await openBackEnd(() => {})
  const emulator = await open({ url: backEnd.url, token: TOKEN, mode: 'plain', format: 'json' })
  const report = emulator.push({ ...MING, event: 'user_info_modified' })
  await backEnd.arrived(1)
  await emulator.close()
  expect(await report).toEqual({ delivered: false, attempts: [{ failure: 'the emulator was closed' }] })
})

it('looks at the address as the console does: only an echostr that comes back as it stands is good', async () => {
  const honest = await openBackEnd(({ query }, response) => void response.end(query['signature'] === signPush(TOKEN, query['timestamp'] ?? '', query['nonce'] ?? '') ? query['echostr'] : 'no'))
  const emulator = await open({ url: honest.url, token: TOKEN, mode: 'plain', format: 'json' })
  expect(await emulator.checkPushUrl(APPID)).toMatchObject({ ok: true, status: 200 })
  expect(honest.seen[0]?.method).toBe('GET')
  emulator.apps[0]!.push = { url: honest.url, token: 'anothertoken', mode: 'plain', format: 'json' }
  expect(await emulator.checkPushUrl(APPID)).toMatchObject({ ok: false, body: 'no' })
})

it('refuses what makes no sense, with a TypeError that says what', async () => {
  const emulator = await open({ url: 'http://127.0.0.1:1', token: TOKEN, mode: 'plain', format: 'json' })
  await expect(emulator.push({ appid: 'wxemu00000000000bb', person: 'ming', event: 'user_info_modified' })).rejects.toThrow('has no "push"')
  await expect(emulator.push({ appid: APPID, person: 'nobody', event: 'user_info_modified' })).rejects.toThrow('unknown person')
  await expect(emulator.push({ ...MING, event: 'user_authorization_revoke' })).rejects.toThrow('needs "revokeInfo"')
  expect(() => emulator.addApp({ push: { url: 'ftp://x', token: '!', mode: 'safe', format: 'json', tries: 0 } })).toThrow(/"url".*"token".*"encodingAESKey".*"tries"/)
})

it('notes each try in the traffic, readable also in safe mode, without the token', async () => {
  const backEnd = await openBackEnd(welcome)
  const emulator = await open({ url: backEnd.url, token: TOKEN, encodingAESKey: KEY, mode: 'safe', format: 'xml' })
  await emulator.push({ ...MING, event: 'user_authorization_revoke', revokeInfo: '8' })
  const [call, answer] = emulator.traffic.list()
  expect(call).toMatchObject({ kind: 'call', from: 'wechat', to: 'server', name: `POST ${backEnd.url}`, ...MING, detail: { attempt: 1, mode: 'safe', push: { RevokeInfo: '8' } } })
  expect(answer).toMatchObject({ kind: 'answer', ok: true, detail: { statusCode: 200, reply: { kind: 'success' } } })
  expect(JSON.stringify([call, answer])).not.toContain(TOKEN)
})

it('is set and used over the control API: kept only if the address answers echostr', async () => {
  const backEnd = await openBackEnd(({ query }, response) => void response.end(query['echostr'] ?? 'success'))
  const emulator = await open({ url: 'http://127.0.0.1:1', token: TOKEN, mode: 'plain', format: 'json' })
  const post = async (path: string, body: object) => {
    const response = await fetch(`${emulator.url}/_emulator${path}`, { method: 'POST', body: JSON.stringify(body) })
    return { status: response.status, ...await response.json() as object }
  }
  expect(await post('/push/config', { appid: APPID, url: 'http://127.0.0.1:1/', token: TOKEN })).toMatchObject({ status: 400, error: expect.stringContaining('did not answer echostr') as string })
  expect(await post('/push/config', { appid: APPID, url: backEnd.url, token: TOKEN, mode: 'sideways' })).toMatchObject({ status: 400, error: expect.stringContaining('"mode" must be') as string })
  expect(await post('/push/config', { appid: APPID, url: backEnd.url, token: TOKEN, mode: 'safe', encodingAESKey: KEY, format: 'xml' })).toEqual({ status: 200, ok: true })
  expect(await post('/push', { ...MING, event: 'user_authorization_revoke', revokeInfo: '8' })).toMatchObject({ status: 200, delivered: true })
  expect(backEnd.seen.at(-1)?.body).toContain('<Encrypt>')
})
