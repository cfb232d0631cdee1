import path from 'node:path'
import { expect, it } from 'vitest'
import { readDatabase } from './database.js'
import { openStage } from './stage.js'

it('T59: writes down who did what, by pseudonyms that the log lines share, and proves that nobody changed it', async () => {
  const stage = await openStage()
  const token = await stage.login()
  const { json: { uid } } = await stage.send('GET', '/v1/me', { token })
  await stage.send('PUT', '/v1/me', { token, body: { nickname: '小明\n{"event":"banned"}' } })
  await stage.post('/v1/logout', {}, await stage.login())
  await stage.auth.users.ban(uid as string)
  const events = await stage.auth.audit.read()
  expect(events.map(({ event }) => event)).toEqual(['first_login', 'login', 'session_ended', 'banned'])
  expect(new Set(events.map(({ user }) => user)).size).toBe(1)
  expect(stage.logs.join('')).toContain(`"user":"${events[0]!.user}"`)
  expect(JSON.stringify(events)).not.toContain(uid)
  expect(await stage.auth.audit.verify()).toMatchObject({ intact: true, events: 4 })

  const db = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
  db.all('update audit set event = \'login\' where seq = 4 returning seq')
  db.close()
  expect(await stage.auth.audit.verify()).toEqual({ intact: false, at: 4 })
})

it('keeps one chain when two servers write into one database', async () => {
  const stage = await openStage()
  const second = await stage.another()
  await Promise.all(Array.from({ length: 40 }, (_, i) =>
    stage.send('POST', '/v1/login', { body: { appid: stage.appid, code: stage.code() }, at: i % 2 ? stage.url : second.service.url })))
  expect(await stage.auth.audit.verify()).toMatchObject({ intact: true, events: 40 })
  expect(await second.auth.audit.head()).toEqual(await stage.auth.audit.head())
})

it('F38: there is no login without its event: when the event cannot be written, the login is not, and later ones are', async () => {
  const stage = await openStage()
  const db = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
  db.all('create trigger no_audit before insert on audit begin select raise(abort, \'full\'); end')
  const refused = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  expect(refused.json).toMatchObject({ status: 503, code: 'store_unavailable' })
  expect(db.all('select count(*) as n from sessions')).toEqual([{ n: 0 }])
  db.all('drop trigger no_audit')
  db.close()
  await stage.login()
  expect(await stage.auth.audit.verify()).toMatchObject({ intact: true, events: 1 })
})
