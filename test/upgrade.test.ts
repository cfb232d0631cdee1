import path from 'node:path'
import { expect, it } from 'vitest'
import { readDatabase } from './database.js'
import { openStage } from './stage.js'

it('F33: servers that bring the database to their version while another one serves it cost none of its requests', async () => {
  const stage = await openStage({ emulator: { people: [{ id: 'ming', phoneNumber: '13800138000' }] }, server: { feed: { pollMs: 10, maxAgeMs: 1000 } } })
  const db = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
  for (const table of ['picture_checks', 'phone_codes']) db.all(`drop table ${table}`)
  db.all('delete from kysely_migration where name >= \'0030\'')

  let isOver = false
  const statuses: number[] = []
  const traffic = Array.from({ length: 6 }, async () => {
    do {
      const { status, json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
      statuses.push(status, (await stage.send('GET', '/v1/me', { token: json.token as string })).status)
    } while (!isOver)
  })
  const upgraded = await Promise.all([stage.another(), stage.another(), stage.another()])
  isOver = true
  await Promise.all(traffic)
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(db.all('select name from kysely_migration where name >= \'0030\'')).toHaveLength(2)
  db.close()
  for (const at of [stage.url, ...upgraded.map(({ service }) => service.url)]) {
    const { status, json } = await stage.send('POST', '/v1/login', { at, body: { appid: stage.appid, code: stage.code(), phoneCode: stage.emulator.issuePhoneCode({ appid: stage.appid, person: 'ming' }) } })
    expect([status, json.user]).toMatchObject([200, { phone: { masked: '138****8000' } }])
  }
})
