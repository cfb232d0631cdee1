import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

const run = promisify(execFile)
const EXECUTABLE = path.join(path.dirname(createRequire(import.meta.url).resolve('@tongxing/server/package.json')), 'dist/cli/tongxing.js')

async function keyOf(stage: Stage): Promise<string> {
  return (await stage.auth.apiKeys.create('shop')).key
}

it('introspects a token for a back end with an api key: who it is, with the openid of the app', async () => {
  const stage = await openStage({ emulator: { apps: [{ unionScope: 'shop' }] } })
  const [key, token] = [await keyOf(stage), await stage.login()]
  const session = (await stage.send('GET', '/v1/session', { token })).json as { uid: string, sessionId: string, expiresAt: number }
  const { status, json } = await stage.post('/v1/introspect', { token }, key)
  expect(status).toBe(200)
  expect(json).toMatchObject({ active: true, sub: session.uid, client_id: stage.appid, sessionId: session.sessionId, exp: Math.floor(session.expiresAt / 1000) })
  expect(json.openid).toMatch(/^o.{27}$/)
})

it('takes the form that RFC 7662 prescribes', async () => {
  const stage = await openStage()
  const [key, token] = [await keyOf(stage), await stage.login()]
  const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${key}` }
  expect((await stage.send('POST', '/v1/introspect', { body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(), headers })).json).toMatchObject({ active: true })
})

it('IN-INTRO-TOKEN: says nothing but active: false of a token that is garbage, ended, expired, or of a banned user', async () => {
  const stage = await openStage()
  const key = await keyOf(stage)
  const [ended, live] = [await stage.login(), await stage.login()]
  await stage.send('POST', '/v1/logout', { token: ended })
  const bodies = [await stage.post('/v1/introspect', { token: ended }, key), await stage.post('/v1/introspect', { token: 'garbage' }, key)]
  await stage.auth.users.ban(((await stage.send('GET', '/v1/session', { token: live })).json as { uid: string }).uid)
  bodies.push(await stage.post('/v1/introspect', { token: live }, key))
  stage.emulator.clock.advance(8 * 86_400_000)
  bodies.push(await stage.post('/v1/introspect', { token: live }, key))
  expect(bodies.map(({ status, text }) => [status, text])).toEqual(bodies.map(() => [200, '{"active":false}']))
})

it('IN-INTRO-KEY, IN-REDEEM-KEY, T34: demands an api key: no key, a wrong one, a session’s token and a revoked key are one answer', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const { id, key } = await stage.auth.apiKeys.create('old')
  expect(await stage.auth.apiKeys.revoke(id)).toBe(true)
  for (const route of ['/v1/introspect', '/v1/tickets/redeem']) {
    for (const shown of [undefined, 'x', token, `txk_${'A'.repeat(43)}`, key]) {
      expect((await stage.post(route, { token, ticket: 'x' }, shown)).json).toMatchObject({ status: 401, code: 'api_key_invalid', action: 'fix_request' })
    }
  }
  expect((await stage.send('GET', '/v1/me', { token: await keyOf(stage) })).json.code).toBe('session_unknown')
})

it('IN-REDEEM-TICKET, T55: hands a session over to a web-view once', async () => {
  const stage = await openStage()
  const [key, token] = [await keyOf(stage), await stage.login()]
  const session = (await stage.send('GET', '/v1/session', { token })).json as { uid: string, sessionId: string }
  const { ticket } = (await stage.send('POST', '/v1/tickets', { token })).json as { ticket: string }
  const first = await stage.post('/v1/tickets/redeem', { ticket }, key)
  expect(first.json).toEqual({ uid: session.uid, appid: stage.appid, sessionId: session.sessionId })
  expect((await stage.post('/v1/tickets/redeem', { ticket }, key)).json).toMatchObject({ status: 410, code: 'ticket_used', action: 'ask_user' })
})

it('IN-REDEEM-RACE, F25, SEC-KC-TOCTOU: gives a ticket to exactly one of 50 parallel callers, over two servers', async () => {
  const stage = await openStage()
  const [key, token, second] = [await keyOf(stage), await stage.login(), await stage.another()]
  const { ticket } = (await stage.send('POST', '/v1/tickets', { token })).json as { ticket: string }
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) =>
    stage.send('POST', '/v1/tickets/redeem', { body: { ticket }, token: key, at: i % 2 ? stage.url : second.service.url })))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 410)).toHaveLength(49)
})

it('IN-REDEEM-TICKET, SEC-KC-16103: answers the same to an unknown ticket, a late one, and one whose session ended or whose user was banned meanwhile', async () => {
  const stage = await openStage()
  const key = await keyOf(stage)
  const issue = async () => {
    const token = await stage.login()
    return { token, ticket: ((await stage.send('POST', '/v1/tickets', { token })).json as { ticket: string }).ticket }
  }
  const [late, loggedOut, banned] = [await issue(), await issue(), await issue()]
  await stage.send('POST', '/v1/logout', { token: loggedOut.token })
  const redeem = (ticket: string) => stage.post('/v1/tickets/redeem', { ticket }, key)
  const answers = [await redeem('x'), await redeem(`txt_${'A'.repeat(43)}`), await redeem(loggedOut.ticket)]
  await stage.auth.users.ban(((await stage.send('GET', '/v1/session', { token: banned.token })).json as { uid: string }).uid)
  answers.push(await redeem(banned.ticket))
  stage.emulator.clock.advance(61_000)
  answers.push(await redeem(late.ticket))
  expect(new Set(answers.map(({ status, text, json }) => `${status} ${text.replace(json.request_id as string, '')}`)).size).toBe(1)
  expect(answers[0]!.json).toMatchObject({ status: 410, code: 'ticket_used' })
})

it.each<[string, string, string, string, string]>([
  ['IN-INTRO-FORM: an introspection without a token', '/v1/introspect', 'application/json', '{}', 'validation_failed'],
  ['IN-INTRO-FORM: an introspection of a number', '/v1/introspect', 'application/json', '{"token":5}', 'validation_failed'],
  ['IN-INTRO-FORM: a form without a token', '/v1/introspect', 'application/x-www-form-urlencoded', 'a=b', 'validation_failed'],
  ['IN-INTRO-FORM: a form that is no UTF-8', '/v1/introspect', 'application/x-www-form-urlencoded', '\u00ff', 'bad_encoding'],
  ['IN-INTRO-FORM: an introspection of another type', '/v1/introspect', 'text/plain', '{}', 'unsupported_media_type'],
  ['IN-REDEEM-FORM: no ticket', '/v1/tickets/redeem', 'application/json', '{}', 'validation_failed'],
  ['IN-REDEEM-FORM: a ticket that is a list', '/v1/tickets/redeem', 'application/json', '{"ticket":["x"]}', 'validation_failed'],
])('refuses %s', async (_name, route, type, body, code) => {
  const stage = await openStage()
  const key = await keyOf(stage)
  const response = await fetch(stage.url + route, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': type }, body: Buffer.from(body, 'latin1') })
  expect((await response.json() as { code: string }).code).toBe(code)
})

it('makes, lists and revokes api keys by command, and shows a key once', async () => {
  const stage = await openStage()
  const [app] = stage.emulator.apps
  const env = { ...process.env, WECHAT_APPID: app!.appid, WECHAT_SECRET: app!.secret, WECHAT_BASE_URL: stage.emulator.url, WECHAT_EMULATOR: '1', TONGXING_DATA: stage.dataDir }
  const tongxing = async (...words: string[]) => (await run(process.execPath, [EXECUTABLE, 'api-keys', ...words], { env })).stdout
  const key = /^txk_\S+/.exec(await tongxing('create', 'shop'))![0]
  const token = await stage.login()
  expect((await stage.post('/v1/introspect', { token }, key)).status).toBe(200)
  const listed = await tongxing('list')
  expect(listed).toMatch(/^k_\S+ {2}\d{4}-\d{2}-\d{2} {2}valid {2}shop\n$/)
  expect(listed).not.toContain(key)
  await tongxing('revoke', listed.split(' ')[0]!)
  expect((await stage.post('/v1/introspect', { token }, key)).status).toBe(401)
  await expect(tongxing('revoke', 'k_nobody')).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/there is no valid key k_nobody/) as string })
})
