import { expect, it } from 'vitest'
import { openStage } from './stage.js'

const PICTURE = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

interface Operation { readonly security?: readonly Readonly<Record<string, unknown>>[] }

it('IN-TICKET-SESSION, SEC-CD-9097: an ended token buys nothing: every route of a session refuses it, no number is bought, no ticket counts, and a back end hears that it is dead', async () => {
  const stage = await openStage()
  const [token, other] = [await stage.login(), await stage.login()]
  const { key } = await stage.auth.apiKeys.create('shop')
  const { ticket } = (await stage.send('POST', '/v1/tickets', { token })).json as { ticket: string }
  const { sessionId } = (await stage.send('GET', '/v1/session', { token: other })).json as { sessionId: string }
  const me = (await stage.send('GET', '/v1/me', { token: other })).text
  await stage.post('/v1/logout', {}, token)
  stage.emulator.traffic.clear()

  const bodies: Readonly<Record<string, object>> = {
    'POST /v1/me/phone': { code: stage.emulator.issuePhoneCode({ appid: stage.appid, person: stage.person }) },
    'POST /v1/me/profile': stage.emulator.profileOf({ appid: stage.appid, person: stage.person }),
    'PUT /v1/me': { nickname: '小红' }, 'PUT /v1/me/consents/{purpose}': { version: '1' }, 'POST /v1/logout': { everywhere: true },
  }
  const { paths } = (await stage.send('GET', '/openapi.json')).json as { paths: Record<string, Record<string, Operation>> }
  const routes = Object.entries(paths).flatMap(([path, operations]) => Object.entries(operations).filter(([, { security }]) => security?.some((one) => 'session' in one)).map(([method]) => [method.toUpperCase(), path] as const))
  expect(routes.length).toBeGreaterThanOrEqual(14)
  for (const [method, path] of routes) {
    const { json } = await stage.send(method, path.replace('{id}', sessionId).replace('{purpose}', 'profile'), { token, ...(method !== 'GET' && { body: bodies[`${method} ${path}`] ?? {} }) })
    expect([method, path, json.status, json.code, json.reason]).toEqual([method, path, 401, 'session_revoked', 'logout'])
  }
  const form = new FormData()
  form.append('avatar', new Blob([Buffer.from(PICTURE, 'base64')]), 'a.gif')
  expect((await fetch(`${stage.url}/v1/me/avatar`, { method: 'POST', body: form, headers: { authorization: `Bearer ${token}` } })).status).toBe(401)

  expect((await stage.post('/v1/tickets/redeem', { ticket }, key)).json.code).toBe('ticket_used')
  expect((await stage.post('/v1/introspect', { token }, key)).json).toEqual({ active: false })
  expect((await stage.post('/v1/login', { appid: stage.appid, code: token.slice(0, 140) }, token)).json.code).toBe('wx_code_invalid')
  expect(stage.emulator.traffic.list().some(({ name }) => name.includes('getuserphonenumber'))).toBe(false)
  expect((await stage.send('GET', '/v1/me', { token: other })).text).toBe(me)
})

it('IN-TOKEN-UNKNOWN, SEC-WX-ANYAPP: no token of another app counts: neither WeChat’s access_token with an openid, nor one of ours for an app that is not served here', async () => {
  const stage = await openStage({ emulator: { apps: [{}, {}] } })
  const [ours, theirs] = stage.emulator.apps.map(({ appid, secret }) => ({ appid, secret })) as [{ appid: string, secret: string }, { appid: string, secret: string }]
  const { token } = (await stage.post('/v1/login', { appid: theirs.appid, code: stage.code({ appid: theirs.appid }) })).json as { token: string }
  const { access_token: accessToken } = await (await fetch(`${stage.emulator.url}/cgi-bin/stable_token`, { method: 'POST', body: JSON.stringify({ grant_type: 'client_credential', appid: theirs.appid, secret: theirs.secret }) })).json() as { access_token: string }
  const { openid } = (await stage.auth.users.get((await stage.auth.verify(token)).uid))!.identities[0]!
  await stage.restart({ apps: [ours] })

  const { key } = await stage.auth.apiKeys.create('shop')
  expect((await stage.send('GET', '/v1/session', { token })).json).toMatchObject({ status: 401, code: 'session_unknown' })
  expect((await stage.post('/v1/introspect', { token }, key)).json).toEqual({ active: false })
  const logins = await Promise.all([
    { appid: ours.appid, access_token: accessToken, openid }, { appid: ours.appid, code: accessToken, openid }, { appid: theirs.appid, code: stage.code({ appid: theirs.appid }) },
    { appid: ours.appid, authData: { wechat: { id: openid, access_token: accessToken } } },
  ].map((body) => stage.post('/v1/login', body)))
  expect(logins.map(({ json }) => json.code)).toEqual(['validation_failed', 'wx_code_invalid', 'app_unknown', 'validation_failed'])
  expect((await stage.send('GET', '/v1/session', { token: accessToken })).json.code).toBe('session_unknown')
})
