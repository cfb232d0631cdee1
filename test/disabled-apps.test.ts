import { expect, it } from 'vitest'
import { openStage } from './stage.js'

const DISABLED = { code: 'app_disabled', status: 403, action: 'contact_admin' }

it('IN-LOGIN-APPOFF, SEC-CD-9098, T28: an app that is switched off dies at once, here and on the other server, for sessions, logins and tickets, and the other app lives', async () => {
  const apps = [{ appid: 'wxemu0000000000001', secret: '0f1e2d3c4b5a6978'.repeat(2) }, { appid: 'wxemu0000000000002', secret: '1f1e2d3c4b5a6978'.repeat(2) }]
  const stage = await openStage({ emulator: { apps }, server: { feed: { pollMs: 10, maxAgeMs: 0 } } })
  const other = await stage.another()
  const { key } = await stage.auth.apiKeys.create('shop')
  const token = await stage.login()
  const elsewhere = (await stage.post('/v1/login', { appid: apps[1]!.appid, code: stage.code({ appid: apps[1]!.appid }) })).json.token as string
  const { ticket } = (await stage.post('/v1/tickets', {}, token)).json as { ticket: string }

  await stage.auth.apps.disable(stage.appid)
  for (const at of [stage.url, other.service.url]) {
    expect((await stage.send('GET', '/v1/session', { token, at })).json).toMatchObject(DISABLED)
    expect((await stage.send('POST', '/v1/login', { body: { appid: stage.appid, code: stage.code() }, at })).json).toMatchObject(DISABLED)
    expect((await stage.send('GET', '/v1/session', { token: elsewhere, at })).status).toBe(200)
    expect((await stage.send('POST', '/v1/introspect', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, token: key, body: `token=${token}`, at })).json).toEqual({ active: false })
  }
  expect((await stage.post('/v1/tickets/redeem', { ticket }, key)).json).toMatchObject({ code: 'ticket_used' })
  await expect(stage.auth.verify(token, { strict: true })).rejects.toMatchObject(DISABLED)
  expect(await stage.auth.apps.list()).toMatchObject([{ appid: stage.appid, disabledAt: expect.any(Number) as number }, { appid: apps[1]!.appid, disabledAt: null }])
})

it('T27: an app stays off over a restart; switched on again its session stands, and its phone never lost it', async () => {
  const stage = await openStage()
  const token = await stage.login()
  await stage.auth.apps.disable(stage.appid)
  await stage.restart()
  expect((await stage.send('GET', '/v1/session', { token })).json).toMatchObject(DISABLED)
  expect([await stage.auth.apps.enable(stage.appid), await stage.auth.apps.enable(stage.appid)]).toEqual([true, false])
  expect((await stage.send('GET', '/v1/session', { token })).status).toBe(200)
  await stage.restart()
  expect((await stage.send('GET', '/v1/session', { token })).status).toBe(200)
})

it('IN-ADMIN-APP: refuses to switch an app that is not configured', async () => {
  const { auth } = await openStage()
  for (const work of [auth.apps.disable('wxemu0000000000009'), auth.apps.enable('wxemu0000000000009')]) await expect(work).rejects.toMatchObject({ code: 'app_unknown' })
})
