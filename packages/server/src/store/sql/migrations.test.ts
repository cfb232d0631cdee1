import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { recordSample, sampleLogin } from '../conformance.js'
import { openSqlite } from './sqlite-driver.js'
import { openSqliteStore } from './sqlite.js'

/** LONG_TESTS=1 looks at every statement. */
const EVERY = process.env.LONG_TESTS ? 1 : 4

function tempDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'tongxing-migrations-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return dir
}

/** What a process that was killed before each statement of the opening would leave behind. */
async function deathsOfOpening(file: string): Promise<string[]> {
  const dead: string[] = []
  let statements = 0
  const store = await openSqliteStore({
    file, pseudonym: String,
    beforeStatement() {
      if (statements++ % EVERY !== 0) return
      const copy = `${file}.dead-${statements}`
      for (const end of ['', '-wal']) if (existsSync(file + end)) copyFileSync(file + end, copy + end)
      dead.push(copy)
    },
  })
  await store.close()
  return dead
}

function look(file: string): { schema: unknown[], users: unknown[], steps: number } {
  const db = openSqlite(file)
  const all = (sql: string): unknown[] => db.prepare(sql).all([])
  expect(all('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }])
  const found = {
    schema: all('select type, name, tbl_name, sql from sqlite_master order by name'), users: all('select * from users order by uid'), steps: all('select name from kysely_migration').length,
  }
  db.close()
  return found
}

async function expectResumed(dead: readonly string[], whole: ReturnType<typeof look>): Promise<void> {
  for (const file of dead) {
    await (await openSqliteStore({ file, pseudonym: String })).close()
    expect(look(file)).toEqual(whole)
  }
}

it('F33: a first start that is killed before any of its statements is gone through by the next one, to the same schema', async () => {
  const file = path.join(tempDir(), 'live.db')
  const dead = await deathsOfOpening(file)
  expect(dead.length).toBeGreaterThan(10)
  await expectResumed(dead, look(file))
}, 120_000)

it('F33: an upgrade that is killed before any of its statements keeps every user and is gone through by the next start', async () => {
  const file = path.join(tempDir(), 'live.db')
  const store = await openSqliteStore({ file, pseudonym: String })
  for (let i = 0; i < 20; i++) await recordSample(store, sampleLogin({ openid: `o${i}` }))
  await store.close()
  const whole = look(file)
  const db = openSqlite(file)
  for (const back of ['drop table picture_checks', 'drop table phone_codes', 'drop index users_by_external_id', 'alter table users drop column external_id', 'delete from kysely_migration where name in (\'0023_external_ids\', \'0030_phone_codes\', \'0031_picture_checks\')']) db.prepare(back).run([])
  db.close()

  const dead = await deathsOfOpening(file)
  expect(dead.length).toBeGreaterThanOrEqual(3)
  expect([look(file).users, look(file).steps]).toEqual([whole.users, whole.steps])
  await expectResumed(dead, look(file))
}, 120_000)

it('F33: no step after those of the first release writes a row that stood there: what it holds the lock for does not grow with the users', async () => {
  const written: string[] = []
  const note = (statement: string): void => {
    const table = /^\s*(?:insert(?: or \w+)? into|update|delete from) "?(\w+)/i.exec(statement)?.[1]
    if (table && !table.startsWith('kysely_')) written.push(table)
  }
  await (await openSqliteStore({ file: path.join(tempDir(), 'live.db'), pseudonym: String, beforeStatement: note })).close()
  // Steps of before the first release: there is no database of before them. A new name here is a lock that grows.
  expect(written).toEqual(['counters', 'audit_marks', 'identities', 'unions', 'union_conflicts', 'sessions'])
})
