import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSqlite } from '../store/sql/sqlite-driver.js'
import { openSqliteStore } from '../store/sql/sqlite.js'
import type { Store } from '../store/store.js'
import { createAudit } from './audit.js'

const ROWS = 10_000
const dir = mkdtempSync(path.join(tmpdir(), 'tongxing-audit-'))
const file = path.join(dir, 'audit.db')
let store: Store

beforeAll(async () => {
  store = await openSqliteStore({ file, pseudonym: String })
  for (let i = 0; i < ROWS; i += 2500) await store.addAudit(Array.from({ length: 2500 }, (_, j) => ({ at: i + j, event: 'login' as const, uid: `u${j}` })))
})

afterAll(async () => {
  await store.close()
  rmSync(dir, { recursive: true })
})

/** What somebody does who can write into the database file; everything is as before afterwards. */
async function tampered<T>(sql: string[], look: () => Promise<T>): Promise<T> {
  const db = openSqlite(file)
  const run = (statement: string): unknown => db.prepare(statement).run([])
  const tables = ['audit', 'audit_marks']
  for (const table of tables) run(`create temp table old_${table} as select * from ${table}`)
  try {
    for (const statement of sql) run(statement)
    return await look()
  } finally {
    for (const table of tables) {
      run(`delete from ${table}`)
      run(`insert into ${table} select * from old_${table}`)
    }
    db.close()
  }
}

it('T59: says that 10,000 events are intact, and gives their head', async () => {
  const audit = createAudit(store)
  const head = await audit.head()
  expect(await audit.verify()).toEqual({ intact: true, events: ROWS, head })
  expect(await audit.verify({ seq: 5000, hash: (await audit.read({ after: 4999, limit: 1 }))[0]!.hash })).toMatchObject({ intact: true })
})

it.each<[string, string[], number]>([
  ['the first event changed', ['update audit set at = at + 1 where seq = 1'], 1],
  ['an event changed in the middle', ['update audit set user = \'somebody\' where seq = 4711'], 4711],
  ['the last event changed', [`update audit set event = 'banned' where seq = ${ROWS}`], ROWS],
  ['an event deleted', ['delete from audit where seq = 1000'], 1000],
  ['the first events deleted', ['delete from audit where seq <= 20'], 1],
  ['the last events deleted', [`delete from audit where seq > ${ROWS - 3}`], ROWS - 2],
  ['all events deleted', ['delete from audit'], 1],
  ['two events changed over', ['update audit set seq = -1 where seq = 77', 'update audit set seq = 77 where seq = 78', 'update audit set seq = 78 where seq = -1'], 77],
  ['an event added at the end', [`insert into audit select ${ROWS} + 1, at, event, user, appid, subject, detail, hash from audit where seq = 1`], ROWS + 1],
  ['the head moved back', [`update audit_marks set seq = ${ROWS - 1} where name = 'head'`], ROWS - 1],
])('T59: finds %s', async (_what, sql, at) => {
  expect(await tampered(sql, () => createAudit(store).verify())).toEqual({ intact: false, at })
})

it('T59: a head kept elsewhere finds a chain that was cut and closed again, or written anew', async () => {
  const audit = createAudit(store)
  const known = await audit.head()
  const cut = ['delete from audit where seq > 9000', `update audit_marks set (seq, hash) = (select seq, hash from audit where seq = 9000) where name = 'head'`]
  expect(await tampered(cut, () => audit.verify())).toMatchObject({ intact: true })
  expect(await tampered(cut, () => audit.verify(known))).toEqual({ intact: false, at: 9001 })
  const rewrite = async (): Promise<unknown> => {
    await store.addAudit(Array.from({ length: ROWS }, () => ({ at: 0, event: 'login' as const, uid: null })))
    return [await audit.verify(), await audit.verify(known)]
  }
  const emptied = ['delete from audit', 'update audit_marks set seq = 0, hash = \'\'']
  expect(await tampered(emptied, rewrite)).toMatchObject([{ intact: true }, { intact: false, at: ROWS }])
})

it('stays verifiable when the oldest events are pruned, also while it is being verified', async () => {
  const audit = createAudit(store)
  const known = await audit.head()
  await tampered([], async () => {
    const verdicts = Promise.all([audit.verify(), audit.verify(known)])
    await store.pruneAudit(3000, 5000)
    expect(await verdicts).toMatchObject([{ intact: true }, { intact: true }])
    expect(await audit.verify(known)).toMatchObject({ intact: true, events: ROWS - 3000 })
  })
})
