import path from 'node:path'
import { serve } from '@tongxing/server'
import { expect, it, onTestFinished } from 'vitest'
import { readDatabase } from './database.js'
import { openStage } from './stage.js'

it('F22: while somebody keeps the database locked, whoever must write is told to come back, all within one wait, whoever reads is answered, and afterwards everything works', async () => {
  const stage = await openStage({ emulator: { minuteQuota: 10_000 } })
  const service = await serve(stage.auth, { port: 0, limits: false, idleGraceMs: 0 })
  onTestFinished(() => service.close())
  const login = () => stage.send('POST', '/v1/login', { body: { appid: stage.appid, code: stage.code() }, at: service.url })
  const tokens = await Promise.all(Array.from({ length: 20 }, () => stage.login()))
  const other = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
  other.all('begin immediate')

  // One after the other these would wait for minutes: longer than this test may take.
  let answered = 0
  const writing = [...tokens.map((token) => stage.post('/v1/logout', {}, token)), ...Array.from({ length: 300 }, login)].map((reply) => reply.finally(() => answered++))
  for (const token of tokens.slice(0, 5)) {
    for (const route of ['/v1/session', '/v1/me', '/v1/sessions', '/readyz']) expect([route, (await stage.send('GET', route, { token })).status]).toEqual([route, 200])
  }
  expect(answered).toBe(0)
  for (const { status, json, headers } of await Promise.all(writing)) expect([status, json.code, json.action, headers.get('retry-after')]).toEqual([503, 'store_unavailable', 'retry_later', expect.stringMatching(/^[1-5]$/)])

  other.all('rollback')
  other.close()
  expect((await stage.send('GET', '/v1/session', { token: tokens[0]! })).status).toBe(200)
  expect([(await stage.post('/v1/logout', {}, tokens[0])).status, (await login()).status]).toEqual([204, 200])
}, 60_000)
