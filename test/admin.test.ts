import { request } from 'node:http'
import { serveAdmin } from '@tongxing/server'
import { expect, it, onTestFinished } from 'vitest'
import { openStage } from './stage.js'
import type { Reply, Stage } from './stage.js'

interface Admin {
  readonly at: string
  readonly key: string
  ask(method: string, route: string, token?: string): Promise<Reply>
}

async function openAdmin(stage: Stage): Promise<Admin> {
  const service = await serveAdmin(stage.auth, { port: 0 })
  onTestFinished(() => service.close())
  const { key } = await stage.auth.apiKeys.create('operator', 'admin')
  return { at: service.url, key, ask: (method, route, token = key) => stage.send(method, route, { at: service.url, token }) }
}

it('an operator reads a user, bans him, lifts the ban and ends his sessions', async () => {
  const stage = await openStage()
  const { ask } = await openAdmin(stage)
  const token = await stage.login()
  const { uid } = await stage.auth.verify(token)
  const user = await ask('GET', `/admin/users/${uid}`)
  expect([user.status, user.json]).toMatchObject([200, { uid, bannedAt: null, identities: [{ appid: stage.appid }], sessions: [{ appid: stage.appid }] }])
  expect((await ask('POST', `/admin/users/${uid}/ban`)).status).toBe(204)
  expect((await stage.send('GET', '/v1/me', { token })).json).toMatchObject({ code: 'user_disabled' })
  expect((await ask('POST', `/admin/users/${uid}/unban`)).status).toBe(204)
  const again = await stage.login()
  expect((await ask('DELETE', `/admin/users/${uid}/sessions`)).status).toBe(204)
  expect((await stage.send('GET', '/v1/me', { token: again })).json).toMatchObject({ code: 'session_revoked', reason: 'logout_everywhere' })
  for (const route of ['/ban', '/unban']) expect((await ask('POST', `/admin/users/u_nobody${route}`)).json).toMatchObject({ code: 'not_found' })
})

it('IN-ADMIN-MERGE, IN-ADMIN-APP: an operator merges two users after a dry run, switches an app off and on, and erases a user', async () => {
  const stage = await openStage({ emulator: { people: [{ id: 'xiaoming' }, { id: 'xiaohong' }] } })
  const { at, ask, key } = await openAdmin(stage)
  const [from, into] = [await stage.login('xiaoming'), await stage.login('xiaohong')]
  const [{ uid }, { uid: survivor }] = [await stage.auth.verify(from), await stage.auth.verify(into)]
  const merge = (body: object) => stage.send('POST', `/admin/users/${uid}/merge`, { at, token: key, body })
  expect((await merge({ into: uid })).json).toMatchObject({ code: 'validation_failed' })
  expect((await merge({ into: 'u_nobody' })).json).toMatchObject({ code: 'not_found' })
  expect((await merge({ into: survivor, dryRun: true })).json).toMatchObject({ into: survivor })
  expect((await stage.auth.users.get(uid))?.uid).toBe(uid)
  expect((await merge({ into: survivor })).status).toBe(200)
  expect((await stage.auth.users.get(uid))?.uid).toBe(survivor)
  expect((await ask('GET', '/admin/conflicts')).json).toEqual({ conflicts: [] })
  expect((await ask('POST', `/admin/apps/${stage.appid}/disable`)).status).toBe(204)
  expect((await ask('GET', '/admin/apps')).json).toMatchObject({ apps: [{ appid: stage.appid, disabledAt: expect.any(Number) as number }] })
  expect((await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })).json).toMatchObject({ code: 'app_disabled' })
  expect((await ask('POST', `/admin/apps/${stage.appid}/enable`)).status).toBe(204)
  expect((await ask('POST', '/admin/apps/wxemu0000000000000/disable')).json).toMatchObject({ code: 'app_unknown' })
  expect((await ask('POST', `/admin/users/${survivor}/erase`)).status).toBe(200)
  expect((await ask('POST', '/admin/users/u_nobody/erase')).json).toMatchObject({ code: 'not_found' })
})

it('IN-ADMIN-KEY, IN-TOKEN-KIND, T32, SEC-POCKET-1334: no token of a user, no key of a back end and no key at all opens the admin listener, and no admin key opens anything else', async () => {
  const stage = await openStage()
  const { ask, key } = await openAdmin(stage)
  const token = await stage.login()
  const { uid } = await stage.auth.verify(token)
  const { key: backend } = await stage.auth.apiKeys.create('shop')
  const routes = [['POST', `/admin/users/${uid}/erase`], ['POST', `/admin/users/${uid}/merge`], ['GET', '/admin/conflicts'], ['GET', '/admin/apps'], ['POST', `/admin/apps/${stage.appid}/disable`], ['POST', `/admin/apps/${stage.appid}/enable`], ['GET', `/admin/users/${uid}`], ['POST', `/admin/users/${uid}/ban`], ['DELETE', `/admin/users/${uid}/sessions`], ['GET', '/admin/audit'], ['GET', '/admin/audit/verify'], ['GET', '/admin/keys'], ['POST', '/admin/keys/00000000/revoke']] as const
  for (const [method, route] of routes) {
    for (const wrong of [token, backend, key.replace('txa_', 'txk_'), `${key}A`, 'x']) expect((await ask(method, route, wrong)).json, `${method} ${route}`).toMatchObject({ code: 'api_key_invalid' })
  }
  expect((await stage.post('/v1/introspect', { token }, key)).json).toMatchObject({ code: 'api_key_invalid' })
  expect((await stage.send('GET', '/v1/me', { token: key })).status).toBe(401)
  expect((await stage.send('GET', '/v1/me', { token })).status).toBe(200)
})

it('IN-HEALTH-METRICS: the public service has neither metrics nor administration', async () => {
  const stage = await openStage()
  const { key } = await openAdmin(stage)
  for (const route of ['/metrics', '/admin/keys', '/admin/audit']) expect((await stage.send('GET', route, { token: key })).json).toMatchObject({ code: 'not_found' })
})

it('IN-ADMIN-PAGE, T48: the audit log is read in pages; a page out of range is refused', async () => {
  const stage = await openStage()
  const { ask } = await openAdmin(stage)
  await stage.login()
  const all = (await ask('GET', '/admin/audit')).json as unknown as { events: { seq: number, event: string }[] }
  expect(all.events.map(({ event }) => event)).toContain('first_login')
  const page = (await ask('GET', '/admin/audit?after=1&limit=1')).json as unknown as { events: { seq: number }[] }
  expect(page.events.map(({ seq }) => seq)).toEqual([2])
  expect((await ask('GET', '/admin/audit/verify')).json).toMatchObject({ intact: true })
  for (const query of ['limit=0', 'limit=-1', 'limit=1e9', 'limit=NaN', 'limit=', 'limit=1001', 'after=x', 'after=-1', 'after=1.5', 'after=99999999999999999']) {
    expect((await ask('GET', `/admin/audit?${query}`)).json, query).toMatchObject({ code: 'validation_failed' })
  }
})

it('IN-ADMIN-KID: of the sealing keys the one that seals is not revoked from the admin listener, and none that is not there', async () => {
  const stage = await openStage()
  const { ask } = await openAdmin(stage)
  const { keys: [current] } = (await ask('GET', '/admin/keys')).json as unknown as { keys: [{ kid: string, state: string }] }
  expect(current.state).toBe('seals')
  expect((await ask('POST', `/admin/keys/${current.kid}/revoke`)).json).toMatchObject({ code: 'validation_failed', detail: expect.stringContaining('add a new one in front') as string })
  const unknown = await ask('POST', '/admin/keys/nobodys/revoke')
  expect([unknown.json.code, unknown.text.includes('nobodys')]).toEqual(['not_found', false])
})

it.each([['GET', ''], ['POST', '/ban'], ['POST', '/unban'], ['DELETE', '/sessions'], ['POST', '/erase']])('IN-ADMIN-UID: answers the same not_found to %s of a user%s whom nobody knows, whatever he is called', async (method, what) => {
  const stage = await openStage()
  const { ask } = await openAdmin(stage)
  const answers = await Promise.all(['u_AAAAAAAAAAAAAAAAAAAAAA', 'nobody', '%2e%2e', '__proto__'].map((uid) => ask(method, `/admin/users/${uid}${what}`)))
  expect(new Set(answers.map(({ status, text, json }) => `${status} ${text.replace(json.request_id as string, '')}`)).size).toBe(1)
  expect(answers[0]!.json).toMatchObject({ status: 404, code: 'not_found' })
})

it.each([{}, { into: 5 }, { into: 'u_x', dryRun: 'yes' }, []])('IN-ADMIN-MERGE: refuses a merge with the body %j', async (body) => {
  const stage = await openStage()
  const { at, key } = await openAdmin(stage)
  expect((await stage.send('POST', '/admin/users/u_a/merge', { at, token: key, body })).status).toBe(400)
})

it('Prometheus reads counts of requests, errors and calls to WeChat, and no id of a person', async () => {
  const stage = await openStage()
  const { at } = await openAdmin(stage)
  const token = await stage.login()
  const { uid } = await stage.auth.verify(token)
  await stage.send('GET', '/v1/me', { token: 'x' })
  await stage.send('PATCH', `/v1/sessions/${uid}`, { token })
  const response = await fetch(`${at}/metrics`)
  const text = await response.text()
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/)
  expect(text).toContain('tongxing_http_requests_total{method="POST",route="/v1/login",status="200"} 1')
  expect(text).toContain('tongxing_http_requests_total{method="GET",route="/v1/me",status="401"} 1')
  expect(text).toContain('tongxing_errors_total{code="session_unknown"} 1')
  expect(text).toMatch(/tongxing_wechat_call_seconds_count\{path="\/sns\/jscode2session",outcome="ok"\} 1/)
  expect(text).toMatch(/tongxing_revocation_feed_age_seconds \d/)
  expect(text).not.toContain(uid)
})

it.each([
  ['evil.example', 421], ['127.0.0.1.evil.example', 421], ['localhost.evil.example:9090', 421], ['[::1].evil.example', 421], ['[evil.example]', 421],
  ['127.0.0.1', 200], ['localhost:9090', 200], ['10.0.0.5:9090', 200], ['[fd00::5]:9090', 200],
])('IN-ADMIN-HOST, T64: a page that resolved its own name to the admin listener is refused by its Host: %j is answered %i', async (host, expected) => {
  const stage = await openStage()
  const { at } = await openAdmin(stage)
  const status = await new Promise((resolve, reject) => {
    request(`${at}/metrics`, { headers: { host } }, (response) => resolve(response.resume().statusCode)).on('error', reject).end()
  })
  expect(status).toBe(expected)
})
