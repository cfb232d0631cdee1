import path from 'node:path'
import { expect, it } from 'vitest'
import { readDatabase } from './database.js'
import { openStage } from './stage.js'
import type { Reply, Stage } from './stage.js'

const people = [{ id: 'ming', phoneNumber: '13800138000' }, { id: 'hong', phoneNumber: '13800138001' }]

interface Damage { readonly table: string, readonly column: string, readonly where: string }

async function bound(stage: Stage, person: string): Promise<{ token: string, uid: string }> {
  const { json } = await stage.post('/v1/login', { appid: stage.appid, code: stage.code({ person }), phoneCode: stage.emulator.issuePhoneCode({ appid: stage.appid, person }) })
  return { token: json.token as string, uid: (json.user as { uid: string }).uid }
}

/** Writes into the file behind the server's back, as a broken disk or a wrong hand would. */
function damage(stage: Stage, ...statements: string[]): void {
  const db = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
  db.all('pragma foreign_keys = off')
  for (const statement of statements) db.all(statement)
  db.close()
}

/** Everything that a phone asks for: the status of each answer. */
async function visit(stage: Stage, person: string, token: string): Promise<Reply[]> {
  return [
    await stage.send('GET', '/v1/session', { token }),
    await stage.send('GET', '/v1/me', { token }),
    await stage.send('GET', '/v1/sessions', { token }),
    await stage.send('GET', '/v1/me/export', { token }),
    await stage.post('/v1/me/profile', stage.emulator.profileOf({ appid: stage.appid, person }), token),
    await stage.post('/v1/login', { appid: stage.appid, code: stage.code({ person }) }),
  ]
}

const events = async (stage: Stage) => (await stage.auth.audit.read({ limit: 1000 })).filter(({ event }) => event === 'seal_broken')

it('T20, F34: two sealed values that were swapped between rows open for nobody, and each is one event of the audit log, however often it is read', async () => {
  const stage = await openStage({ emulator: { people } })
  const [ming, hong] = [await bound(stage, 'ming'), await bound(stage, 'hong')]
  expect(await events(stage)).toEqual([])
  for (const [table, key] of [['phones', 'uid'], ['session_keys', 'openid']]) {
    damage(stage, `create table kept as select * from ${table}`, `update ${table} set sealed = (select k.sealed from kept k where k.${key} <> ${table}.${key})`, 'drop table kept')
  }
  for (const [person, { token, uid }] of [['ming', ming], ['hong', hong]] as const) {
    for (let i = 0; i < 3; i++) expect((await stage.send('GET', '/v1/me', { token })).json).toMatchObject({ uid, phone: null })
    expect((await stage.post('/v1/me/profile', stage.emulator.profileOf({ appid: stage.appid, person }), token)).json).toMatchObject({ code: 'session_key_stale', action: 'ask_user' })
  }
  const found = await events(stage)
  expect(found.map(({ subject }) => subject).sort()).toEqual(['phones', 'phones', 'session_keys', 'session_keys'])
  expect(new Set(found.map(({ user }) => user)).size).toBe(2)
  expect(await stage.auth.audit.verify()).toMatchObject({ intact: true })
  expect(stage.logs.filter((line) => line.includes('"event":"seal_broken"'))).toHaveLength(4)
  await bound(stage, 'ming')
  expect((await stage.send('GET', '/v1/me', { token: ming.token })).json).toMatchObject({ phone: { masked: '138****8000' } })
})

it('T20, F34: an access_token that does not open is one event, and a new one is fetched', async () => {
  const stage = await openStage({ emulator: { people } })
  await bound(stage, 'ming')
  damage(stage, `update access_tokens set sealed = 'AAAA' || substr(sealed, 5)`)
  await stage.restart()
  const { token } = await bound(stage, 'ming')
  expect((await stage.send('GET', '/v1/me', { token })).json).toMatchObject({ phone: { masked: '138****8000' } })
  expect(await events(stage)).toMatchObject([{ subject: 'access_tokens', appid: stage.appid, user: null }])
})

it('F34: whatever column of a user’s rows is damaged, the service answers everybody else in full, and him with a problem of the table', async () => {
  const stage = await openStage({ emulator: { people, minuteQuota: 10_000 } })
  const [ming, hong] = [await bound(stage, 'ming'), await bound(stage, 'hong')]
  const db = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
  const [{ openid }] = db.all(`select openid from identities where uid = '${ming.uid}'`) as [{ openid: string }]
  const columns: Damage[] = [['users', 'uid', ming.uid], ['identities', 'uid', ming.uid], ['session_keys', 'openid', openid], ['sessions', 'uid', ming.uid], ['phones', 'uid', ming.uid]]
    .flatMap(([table, key, value]) => db.all(`select name from pragma_table_info('${table}')`).map(({ name }) => ({ table: table!, column: String(name), where: `${key} = '${value}'` })))
  const [{ intact }] = db.all(`select count(*) as intact from users`) as [{ intact: number }]
  db.close()
  expect([columns.length > 25, intact]).toEqual([true, 2])

  for (const { table, column, where } of columns) {
    damage(stage, `create table kept as select rowid as was, * from ${table} where ${where}`, `update or ignore ${table} set ${column} = 'x' || char(1) || 'damaged' where ${where}`)
    const his = await visit(stage, 'ming', ming.token)
    for (const { status, json } of his.filter((reply) => reply.status >= 400)) {
      expect([table, column, json.status, typeof json.code, typeof json.action]).toEqual([table, column, status, 'string', 'string'])
    }
    expect([table, column, ...(await visit(stage, 'hong', hong.token)).map(({ status }) => status)]).toEqual([table, column, 200, 200, 200, 200, 200, 200])
    damage(stage, `delete from ${table} where rowid in (select was from kept)`, `insert or replace into ${table} select ${columns.filter((one) => one.table === table).map((one) => one.column).join(', ')} from kept`, 'drop table kept')
  }
  expect((await visit(stage, 'ming', ming.token)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
}, 120_000)
