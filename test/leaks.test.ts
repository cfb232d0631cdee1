import { readFileSync, readdirSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { serveAdmin } from '@tongxing/server'
import { expect, it, onTestFinished } from 'vitest'
import { openStage } from './stage.js'

/** Stands between our server and WeChat and keeps every answer: the test must know the secrets it looks for. */
async function openRecorder(target: string): Promise<{ url: string, answers: string[] }> {
  const answers: string[] = []
  const server = createServer((request, response) => {
    request.pipe(httpRequest(target + request.url!, { method: request.method, headers: { ...request.headers, host: 'localhost' } }, (upstream) => {
      let body = ''
      upstream.on('data', (chunk: Buffer) => { body += chunk.toString() })
      upstream.on('end', () => {
        answers.push(body)
        response.writeHead(upstream.statusCode!, upstream.headers).end(body)
      })
    }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  }))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers }
}

/** A secret in every spelling it could leak in. */
function spellingsOf(secret: string): Buffer[] {
  const forms = [Buffer.from(secret), Buffer.from(secret, 'base64'), Buffer.from(secret, 'base64url'), Buffer.from(secret, 'hex'), Buffer.from(secret.replace(/^txs_/, ''), 'base64url')]
  const texts = forms.flatMap((form) => [form.toString('base64'), form.toString('base64url'), form.toString('hex'), form.toString('hex').toUpperCase()])
  return [...forms, ...texts.map((text) => Buffer.from(text)), Buffer.from(encodeURIComponent(secret)), Buffer.from(JSON.stringify(secret).slice(1, -1))]
    .filter(({ length }) => length >= 12)
}

function expectAbsent(places: Record<string, Buffer>, secrets: string[]): void {
  expect(secrets.length).toBeGreaterThan(0)
  for (const [place, bytes] of Object.entries(places)) {
    for (const secret of secrets) {
      for (const spelling of spellingsOf(secret)) if (bytes.includes(spelling)) throw new Error(`${place} holds ${spelling.toString('latin1').slice(0, 40)}`)
    }
  }
}

it('T01, T12, T22: no answer, log line or database page of our server holds a session_key or the AppSecret, and no log line or page a token', async () => {
  const stage = await openStage()
  const recorder = await openRecorder(stage.emulator.url)
  await stage.restart({ wechat: { emulator: true, baseURL: recorder.url } })
  const replies: string[] = []
  const tokens: string[] = []
  const keep = async (work: ReturnType<typeof stage.send>) => {
    const reply = await work
    replies.push(reply.text, JSON.stringify([...reply.headers]))
    return reply
  }

  for (let i = 0; i < 10; i++) {
    const login = await keep(stage.post('/v1/login', { appid: stage.appid, code: stage.code(), device: 'phone', extra: { a: 1 } }))
    const token = login.json.token as string
    tokens.push(token)
    await keep(stage.send('GET', '/v1/me', { token }))
    await keep(stage.send('GET', '/v1/session', { token }))
    await keep(stage.send('PUT', '/v1/me', { token, body: { nickname: '小明' } }))
    const signed = stage.emulator.profileOf({ appid: stage.appid, person: stage.person })
    await keep(stage.post('/v1/me/profile', signed, token))
    await keep(stage.post('/v1/me/profile', { ...signed, signature: 'f'.repeat(40) }, token))
    await keep(stage.send('GET', `/v1/me?token=${token}`))
    await keep(stage.send('GET', '/v1/me', { headers: { authorization: `Basic ${token}` } }))
  }
  for (const errcode of [-1, 40125, 40029, 45011, 99999]) {
    stage.emulator.fault({ where: '/sns/jscode2session', errcode, times: 1 })
    await keep(stage.post('/v1/login', { appid: stage.appid, code: stage.code() }))
  }
  await keep(stage.send('POST', '/v1/logout', { token: tokens[0]! }))
  await keep(stage.post('/v1/logout', { everywhere: true }, tokens[1]))

  const sessionKeys = recorder.answers.map((answer) => (JSON.parse(answer) as { session_key?: string }).session_key).filter((key) => key !== undefined)
  const secrets = [...sessionKeys, stage.emulator.apps[0]!.secret]
  expect(sessionKeys.length).toBeGreaterThanOrEqual(10)
  const files = Object.fromEntries(readdirSync(stage.dataDir).filter((name) => name !== 'keys.json').map((name) => [name, readFileSync(path.join(stage.dataDir, name))]))
  expect(Object.keys(files)).toEqual(expect.arrayContaining(['tongxing.db', 'tongxing.db-wal']))
  const logs = Buffer.from(stage.logs.join(''))
  expect(stage.logs.length).toBeGreaterThan(20)
  expectAbsent({ ...files, logs, answers: Buffer.from(replies.join('\n')) }, secrets)
  expectAbsent({ ...files, logs }, tokens)
  // The search itself finds what is there.
  expect(() => expectAbsent({ answers: Buffer.from(replies.join('\n')) }, tokens)).toThrow(/holds/)
})

it('T22: logs carry pseudonyms: no openid, no uid, no nickname, no code', async () => {
  const stage = await openStage()
  const recorder = await openRecorder(stage.emulator.url)
  await stage.restart({ wechat: { emulator: true, baseURL: recorder.url } })
  const code = stage.code()
  const { json } = await stage.post('/v1/login', { appid: stage.appid, code })
  await stage.send('PUT', '/v1/me', { token: json.token as string, body: { nickname: '独一无二' } })
  const { openid } = JSON.parse(recorder.answers[0]!) as { openid: string }
  const logs = stage.logs.join('')
  for (const word of [openid, (json.user as { uid: string }).uid, '独一无二', code]) expect(logs).not.toContain(word)
  expect(logs).toContain('"event":"login"')
})

const PUSH = { token: 'PushTokenOfLeaks', encodingAESKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', mode: 'safe' } as const
const NUMBERS = ['13812345678', '13987654321']

it('T12, T21, T22: nor do the phone button, export, administration, import and push: keys stand nowhere, numbers in no log line or page', async () => {
  const stage = await openStage({ emulator: { people: [{ phoneNumber: NUMBERS[0]! }] } })
  const recorder = await openRecorder(stage.emulator.url)
  const [app] = stage.emulator.apps
  await stage.restart({ apps: [{ appid: app!.appid, secret: app!.secret, push: PUSH }], wechat: { emulator: true, baseURL: recorder.url } })
  app!.push = { url: `${stage.url}/v1/wechat/push/${app!.appid}`, ...PUSH, format: 'json' }
  const admin = await serveAdmin(stage.auth, { port: 0 })
  onTestFinished(() => admin.close())
  const [{ key: operator }, { key: backend }] = [await stage.auth.apiKeys.create('operator', 'admin'), await stage.auth.apiKeys.create('shop')]
  const replies: string[] = []
  const ask = async (method: string, route: string, token: string, { at = stage.url, body }: { at?: string, body?: object } = {}) => {
    const response = await fetch(at + route, { method, headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }, ...(body && { body: JSON.stringify(body) }) })
    const text = await response.text()
    replies.push(text, JSON.stringify([...response.headers]))
    return text
  }

  const token = await stage.login()
  const { uid } = await stage.auth.verify(token)
  await ask('POST', '/v1/me/phone', token, { body: { code: stage.emulator.issuePhoneCode({ appid: stage.appid, person: stage.person }) } })
  expect(await ask('GET', '/v1/me/export', token)).toContain(NUMBERS[0])
  const { ticket } = JSON.parse(await ask('POST', '/v1/tickets', token)) as { ticket: string }
  await ask('POST', '/v1/tickets/redeem', backend, { body: { ticket } })
  await stage.auth.users.import([{ appid: stage.appid, openid: 'oImported', externalId: '1', phone: { countryCode: '86', number: NUMBERS[1]! } }])
  for (const route of [`/admin/users/${uid}`, '/admin/conflicts', '/admin/apps', '/admin/keys', '/admin/audit', '/admin/audit/verify', '/metrics', '/readyz']) await ask('GET', route, operator, { at: admin.url })
  for (const route of [`/admin/users/${uid}/ban`, `/admin/users/${uid}/unban`]) await ask('POST', route, operator, { at: admin.url })
  expect(await stage.emulator.push({ appid: stage.appid, person: stage.person, event: 'user_info_modified' })).toMatchObject({ delivered: true })

  const sessionKeys = recorder.answers.map((answer) => (JSON.parse(answer) as { session_key?: string }).session_key).filter((key) => key !== undefined)
  const accessTokens = recorder.answers.map((answer) => (JSON.parse(answer) as { access_token?: string }).access_token).filter((key) => key !== undefined)
  expect([sessionKeys.length > 0, accessTokens.length > 0]).toEqual([true, true])
  const files = Object.fromEntries(readdirSync(stage.dataDir).filter((name) => name.startsWith('tongxing.db')).map((name) => [name, readFileSync(path.join(stage.dataDir, name))]))
  const places = { ...files, logs: Buffer.from(stage.logs.join('')) }
  const answers = Buffer.from(replies.join('\n'))
  expectAbsent({ ...places, answers }, [...sessionKeys, ...accessTokens, app!.secret, PUSH.token, PUSH.encodingAESKey, operator, backend])
  expectAbsent(places, [token, ticket])
  for (const [place, bytes] of Object.entries(places)) for (const number of NUMBERS) expect(bytes.includes(number), `${number} in ${place}`).toBe(false)
})
