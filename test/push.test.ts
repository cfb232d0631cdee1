import { createHash } from 'node:crypto'
import path from 'node:path'
import type { PushEvent } from '@tongxing/server'
import { expect, it } from 'vitest'
import { readDatabase } from './database.js'
import { openStage } from './stage.js'
import type { Reply, Stage } from './stage.js'

const TOKEN = 'AAAAA'
const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'
type Mode = 'plain' | 'compatible' | 'safe'
const MODES = (['plain', 'compatible', 'safe'] as const).flatMap((mode) => (['json', 'xml'] as const).map((format) => [mode, format] as const))

/** A server that WeChat pushes to. */
async function open(mode: Mode = 'safe', format: 'json' | 'xml' = 'json', serverMode: Mode = mode): Promise<{ stage: Stage, address: string }> {
  const stage = await openStage()
  const [app] = stage.emulator.apps
  await stage.restart({ apps: [{ appid: app!.appid, secret: app!.secret, push: { token: TOKEN, encodingAESKey: KEY, mode: serverMode } }] })
  const address = `/v1/wechat/push/${app!.appid}`
  app!.push = { url: stage.url + address, token: TOKEN, encodingAESKey: KEY, mode, format }
  return { stage, address }
}

const push = (stage: Stage, event: string, revokeInfo?: string) =>
  stage.emulator.push({ appid: stage.appid, person: stage.person, event, ...(revokeInfo !== undefined && { revokeInfo }) })

/** A user with a nickname of his own and a phone number. */
async function fill(stage: Stage): Promise<string> {
  const token = await stage.login()
  await stage.send('PUT', '/v1/me', { token, body: { nickname: '小红' } })
  await stage.post('/v1/me/phone', { code: stage.emulator.issuePhoneCode({ appid: stage.appid, person: stage.person }) }, token)
  return token
}

const me = async (stage: Stage, token: string): Promise<Record<string, unknown>> => (await stage.send('GET', '/v1/me', { token })).json

it.each(MODES)('answers the console’s look at the address, and takes an event (%s, %s)', async (mode, format) => {
  const { stage } = await open(mode, format)
  const token = await fill(stage)
  expect(await stage.emulator.checkPushUrl(stage.appid)).toMatchObject({ ok: true })
  expect(await push(stage, 'user_authorization_revoke', '8')).toMatchObject({ delivered: true, attempts: [{ status: 200, reply: { kind: 'success' } }] })
  expect(await me(stage, token)).toMatchObject({ phone: null, profile: { nickname: '小红' } })
})

it.each([['8', { phone: null, profile: { nickname: '小红' } }], ['19', { profile: null }], ['6,8', { profile: null, phone: null }], ['1,2,99', { profile: { nickname: '小红' } }]])('user_authorization_revoke of %s removes what it names and nothing else', async (revoked, left) => {
  const { stage } = await open()
  const token = await fill(stage)
  await push(stage, 'user_authorization_revoke', revoked)
  expect(await me(stage, token)).toMatchObject(left)
})

it('user_info_modified forgets what WeChat had signed and keeps what the user typed', async () => {
  const { stage } = await open()
  const token = await stage.login()
  await stage.post('/v1/me/profile', stage.emulator.profileOf({ appid: stage.appid, person: stage.person }), token)
  await push(stage, 'user_info_modified')
  expect(await me(stage, token)).toMatchObject({ profile: null })
  await stage.send('PUT', '/v1/me', { token, body: { nickname: '小红' } })
  await push(stage, 'user_info_modified')
  expect(await me(stage, token)).toMatchObject({ profile: { nickname: '小红' } })
})

it('user_authorization_cancellation erases the user', async () => {
  const { stage } = await open()
  const token = await fill(stage)
  const { uid } = await me(stage, token)
  await push(stage, 'user_authorization_cancellation')
  expect((await stage.send('GET', '/v1/session', { token })).json.code).toBe('session_revoked')
  expect(await stage.auth.users.get(uid as string)).toBeNull()
  expect(await me(stage, await stage.login())).toMatchObject({ profile: null, phone: null })
})

it('IN-PUSH-EVENT: answers an event that it does not know, and one of a stranger, with success, and logs it', async () => {
  const { stage } = await open()
  expect(await push(stage, 'something_new')).toMatchObject({ delivered: true })
  expect(await push(stage, 'user_info_modified')).toMatchObject({ delivered: true })
  expect(stage.logs.filter((line) => line.includes('"event":"wechat_push"'))).toHaveLength(2)
})

/** A push as WeChat would send it, for what the emulator does not do wrong. */
function signed(stage: Stage, body: object, changes: Record<string, string> = {}): { query: string, body: string } {
  const timestamp = String(Math.floor(stage.emulator.clock.now() / 1000))
  const nonce = '4711'
  const signature = createHash('sha1').update([TOKEN, changes.timestamp ?? timestamp, nonce].sort().join('')).digest('hex')
  return { query: new URLSearchParams({ signature, timestamp, nonce, ...changes }).toString(), body: JSON.stringify(body) }
}

const post = (stage: Stage, address: string, { query, body }: { query: string, body: string }): Promise<{ status: number, text: string }> =>
  fetch(`${stage.url}${address}?${query}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then(async (response) => ({ status: response.status, text: await response.text() }))

it('IN-PUSH-AGAIN: an event that comes again, under any stamp, has one effect', async () => {
  const { stage, address } = await open('plain')
  const token = await fill(stage)
  const openid = (await stage.auth.users.get((await me(stage, token)).uid as string))!.identities[0]!.openid
  const event = { ToUserName: 'gh_1', FromUserName: openid, CreateTime: 1, MsgType: 'event', Event: 'user_authorization_revoke', OpenID: openid, AppID: stage.appid, RevokeInfo: '8' }
  const first = signed(stage, event)
  expect(await post(stage, address, first)).toEqual({ status: 200, text: 'success' })
  await stage.post('/v1/me/phone', { code: stage.emulator.issuePhoneCode({ appid: stage.appid, person: stage.person }) }, token)
  stage.emulator.clock.advance(60_000)
  for (const again of [first, signed(stage, event)]) expect(await post(stage, address, again)).toEqual({ status: 200, text: 'success' })
  expect((await me(stage, token)).phone).not.toBeNull()
  stage.emulator.clock.advance(10 * 60_000)
  expect((await post(stage, address, first)).status).toBe(403)
})

it('IN-PUSH-SIGNATURE, IN-PUSH-FRAME: refuses everything that WeChat did not sign for this app with the same answer', async () => {
  const { stage, address } = await open('plain')
  const safe = await open('safe')
  const event = { ToUserName: 'gh_1', FromUserName: 'oA', Event: 'user_info_modified' }
  const good = signed(stage, event)
  const old = String(Math.floor(stage.emulator.clock.now() / 1000) - 601)
  const refused: Record<string, { status: number, text: string }> = {}
  const refuse = async (name: string, answer: Promise<{ status: number, text: string }>): Promise<void> => { refused[name] = await answer }
  await refuse('a wrong signature', post(stage, address, signed(stage, event, { signature: 'f'.repeat(40) })))
  await refuse('no signature', post(stage, address, { ...good, query: good.query.replace(/signature=[^&]*&?/, '') }))
  await refuse('two signatures', post(stage, address, { ...good, query: `${good.query}&signature=${'f'.repeat(40)}` }))
  await refuse('a signature that is none', post(stage, address, signed(stage, event, { signature: '%' })))
  await refuse('an old stamp', post(stage, address, signed(stage, event, { timestamp: old })))
  await refuse('no JSON', post(stage, address, { ...good, body: '{' }))
  await refuse('an entity in XML', post(stage, address, { ...good, body: '<!DOCTYPE x [<!ENTITY e "x">]><xml><Event>&e;</Event></xml>' }))
  await refuse('plain where safe is set', post(safe.stage, safe.address, signed(safe.stage, event)))
  await refuse('undecryptable', post(safe.stage, safe.address, sealedAs(safe.stage, Buffer.alloc(32).toString('base64'))))
  await refuse('no block', post(safe.stage, safe.address, sealedAs(safe.stage, 'AAAA')))
  await refuse('a GET with a wrong signature', fetch(`${stage.url}${address}?${signed(stage, event, { signature: 'f'.repeat(40), echostr: 'x' }).query}`).then(async (response) => ({ status: response.status, text: await response.text() })))
  const bytes = new Set(Object.values(refused).map(({ status, text }) => `${status} ${text.replace(/"request_id":"[^"]*"/, '')}`))
  expect([...bytes]).toEqual([expect.stringContaining('403 {"type":"urn:tongxing:error:forbidden"')])
  expect((await post(stage, address, good)).status).toBe(200)
})

function sealedAs(stage: Stage, Encrypt: string): { query: string, body: string } {
  const { query, body } = signed(stage, { ToUserName: 'gh_1', Encrypt })
  const parts = new URLSearchParams(query)
  const signature = createHash('sha1').update([TOKEN, parts.get('timestamp')!, parts.get('nonce')!, Encrypt].sort().join('')).digest('hex')
  return { query: `${query}&msg_signature=${signature}&encrypt_type=aes`, body }
}

it('IN-PUSH-FRAME, T07: refuses an event of another app, though its secrets are the same', async () => {
  const stage = await openStage({ emulator: { apps: [{}, {}] } })
  const apps = stage.emulator.apps.map(({ appid, secret }) => ({ appid, secret, push: { token: TOKEN, encodingAESKey: KEY } }))
  await stage.restart({ apps })
  stage.emulator.apps[1]!.push = { url: `${stage.url}/v1/wechat/push/${apps[0]!.appid}`, token: TOKEN, encodingAESKey: KEY, mode: 'safe', format: 'json' }
  expect(await stage.emulator.push({ appid: apps[1]!.appid, person: stage.person, event: 'user_info_modified' })).toMatchObject({ delivered: false, attempts: [{ status: 403 }, { status: 403 }, { status: 403 }] })
})

it('tells the application once of everything that WeChat pushes, after it has taken effect, also of what is not known here, and of nothing that is forged', async () => {
  const told: PushEvent[] = []
  const { stage, address } = await open('plain')
  const [app] = stage.emulator.apps
  const options = { apps: [{ appid: app!.appid, secret: app!.secret, push: { token: TOKEN, mode: 'plain' as const } }], hooks: { onPush: (event: PushEvent) => { told.push(event) } } }
  await stage.restart(options)
  const second = await stage.another(options)
  const token = await fill(stage)
  const uid = (await me(stage, token)).uid as string
  const openid = (await stage.auth.users.get(uid))!.identities[0]!.openid
  const revoke = { ToUserName: 'gh_1', FromUserName: openid, MsgType: 'event', Event: 'user_authorization_revoke', RevokeInfo: '8' }

  const db = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
  db.all('create trigger keep before delete on phones begin select raise(abort, \'full\'); end')
  expect((await post(stage, address, signed(stage, revoke))).status).toBe(503)
  expect(told).toEqual([])
  db.all('drop trigger keep')
  db.close()
  const { query, body } = signed(stage, revoke)
  await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 ? stage : second).auth.push.receive(stage.appid, new URLSearchParams(query), body)))
  expect(await post(stage, address, signed(stage, revoke))).toEqual({ status: 200, text: 'success' })
  expect(told).toEqual([{ appid: stage.appid, event: 'user_authorization_revoke', uid, message: revoke }])
  expect((await me(stage, token)).phone).toBeNull()

  const message = { ToUserName: 'gh_1', FromUserName: 'oStranger', MsgType: 'text', Content: '你好' }
  await post(stage, address, signed(stage, message))
  await post(stage, address, signed(stage, { ...revoke, RevokeInfo: '19' }, { signature: 'f'.repeat(40) }))
  expect(told.slice(1)).toEqual([{ appid: stage.appid, event: '', uid: null, message }])
})

it('a hook that throws or does not end undoes no event and holds up no answer', async () => {
  let end = (): void => undefined
  const { stage, address } = await open('plain')
  const [app] = stage.emulator.apps
  const failing = (): never => { throw new Error('no such table') }
  const hanging = (): Promise<void> => new Promise((resolve) => { end = resolve })
  for (const onPush of [failing, hanging]) {
    await stage.restart({ apps: [{ appid: app!.appid, secret: app!.secret, push: { token: TOKEN, mode: 'plain' } }], hooks: { onPush }, hookWaitMs: 20 })
    const token = await fill(stage)
    const openid = (await stage.auth.users.get((await me(stage, token)).uid as string))!.identities[0]!.openid
    stage.emulator.clock.advance(1000)
    const event = { FromUserName: openid, CreateTime: stage.emulator.clock.now(), Event: 'user_authorization_revoke', RevokeInfo: '8' }
    expect(await post(stage, address, signed(stage, event))).toEqual({ status: 200, text: 'success' })
    expect((await me(stage, token)).phone).toBeNull()
  }
  expect(['hook_failed', 'hook_slow'].map((name) => stage.logs.filter((line) => line.includes(name)).length)).toEqual([1, 1])
  // The server waits for its hooks when it ends.
  end()
})

it('IN-PUSH-SIZE: refuses a push of more than 64 KiB', async () => {
  const { stage, address } = await open('plain')
  const answer = await post(stage, address, signed(stage, { Event: 'user_info_modified', Content: 'x'.repeat(64 * 1024) }))
  expect([answer.status, JSON.parse(answer.text)]).toMatchObject([413, { code: 'body_too_large' }])
})

it('IN-PUSH-APP: answers app_unknown and not_enabled for apps without push', async () => {
  const stage = await openStage()
  const answers: Reply[] = []
  for (const method of ['GET', 'POST']) for (const appid of ['wxemu9999999999999', '__proto__', stage.appid]) answers.push(await stage.send(method, `/v1/wechat/push/${appid}`))
  expect(answers.map(({ json }) => json.code)).toEqual(['app_unknown', 'app_unknown', 'not_enabled', 'app_unknown', 'app_unknown', 'not_enabled'])
})
