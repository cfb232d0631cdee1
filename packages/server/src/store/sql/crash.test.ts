import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { recordSample, sampleLogin } from '../conformance.js'
import { NOW } from '../conformance/samples.js'
import type { Store } from '../store.js'
import { openSqlite } from './sqlite-driver.js'
import { openSqliteStore } from './sqlite.js'

type Rows = Readonly<Record<string, readonly unknown[]>>

/** A store, and what its file would hold if the process were killed before each statement of a piece of work. */
async function openWatched(): Promise<{ store: Store, rows: () => Rows, deathsOf: (work: () => Promise<unknown>) => Promise<Rows[]> }> {
  const dir = mkdtempSync(path.join(tmpdir(), 'tongxing-statements-'))
  const file = path.join(dir, 'live.db')
  let copies = 0
  const rows = (): Rows => rowsAfterDeath(file, path.join(dir, `dead-${++copies}.db`))
  let instants: Rows[] | null = null
  const store = await openSqliteStore({ file, pseudonym: String, beforeStatement: () => instants?.push(rows()) })
  onTestFinished(async () => {
    await store.close()
    rmSync(dir, { recursive: true })
  })
  return {
    store,
    rows,
    async deathsOf(work) {
      const seen: Rows[] = instants = []
      await work()
      instants = null
      return seen
    },
  }
}

// What a process has written is in its files, killed or not: a copy of file and log is what the next process would find.
function rowsAfterDeath(file: string, copy: string): Rows {
  for (const end of ['', '-wal']) copyFileSync(file + end, copy + end)
  const db = openSqlite(copy)
  expect(db.prepare('pragma integrity_check').all([])).toEqual([{ integrity_check: 'ok' }])
  const tables = db.prepare('select name from sqlite_master where type = \'table\' order by name').all([]) as { name: string }[]
  const rows = Object.fromEntries(tables.map(({ name }) => [name, db.prepare(`select * from ${name}`).all([])]))
  db.close()
  return rows
}

it('F14: a login killed before any of its statements leaves nothing, a first one and a later one that replaces a session', async () => {
  const { store, rows, deathsOf } = await openWatched()
  for (const login of [sampleLogin({ openid: 'oA', unionid: 'oU', mostSessions: 1 }), sampleLogin({ openid: 'oA', unionid: 'oU', mostSessions: 1, issuedAt: NOW + 1 })]) {
    const before = rows()
    const deaths = await deathsOf(() => recordSample(store, login))
    expect(deaths.length).toBeGreaterThan(5)
    for (const left of deaths) expect(left).toEqual(before)
    expect(rows()).not.toEqual(before)
    expect(await store.isSessionLive(login.sessionId)).toBe(true)
  }
}, 60_000)

it('F14: a merge killed before any of its statements is not begun', async () => {
  const { store, rows, deathsOf } = await openWatched()
  const [{ uid: into }, { uid: from }] = [await recordSample(store, sampleLogin({ unionid: 'oU' })), await recordSample(store)]
  await store.savePhone(from, { sealed: 'a', countryCode: '86', verifiedAt: NOW }, ['blind'])
  const before = rows()
  const deaths = await deathsOf(() => store.mergeUsers({ from, into, at: NOW, phone: { was: 'a', sealed: 'b' } }))
  expect(deaths.length).toBeGreaterThan(10)
  for (const left of deaths) expect(left).toEqual(before)
  expect((await store.findUser(from))?.uid).toBe(into)
}, 60_000)

it('T60: an erasure killed before any of its statements has erased nothing or everything', async () => {
  const { store, rows, deathsOf } = await openWatched()
  const { uid } = await recordSample(store, sampleLogin({ openid: 'oA', unionid: 'oU' }))
  await store.savePhone(uid, { sealed: 'sealed', countryCode: '86', verifiedAt: NOW }, ['blind'])
  await store.giveConsent(uid, 'profile', '1', NOW)
  await store.announceAvatar('a.png', NOW)
  await store.saveAvatar(uid, 'a.png', '/v1/avatars/a.png', NOW)
  const before = rows()
  const deaths = await deathsOf(() => store.eraseUser({ uid, receiptId: 'er_1', at: NOW, tombstoneOf: () => 'hash' }))
  const after = rows()
  const TABLES = ['users', 'identities', 'session_keys', 'sessions', 'phones', 'consents']
  expect(TABLES.map((table) => [before[table]!.length, after[table]!.length])).toEqual(TABLES.map(() => [1, 0]))
  const outcomes = deaths.map((left) => (JSON.stringify(left) === JSON.stringify(before) ? 'nothing' : JSON.stringify(left) === JSON.stringify(after) ? 'everything' : 'half'))
  expect(outcomes.filter((outcome) => outcome === 'nothing').length).toBeGreaterThan(15)
  expect(outcomes.at(-1)).toBe('everything')
  expect(outcomes).not.toContain('half')
}, 60_000)
