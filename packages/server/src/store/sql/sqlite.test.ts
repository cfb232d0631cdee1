import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, assert, describe, expect, it } from 'vitest'
import { recordSample, sampleLogin, testStore } from '../conformance.js'
import { openSqliteStore } from './sqlite.js'

const dir = mkdtempSync(path.join(tmpdir(), 'tongxing-sqlite-'))
afterAll(() => rmSync(dir, { recursive: true }))
let files = 0
const file = (): string => path.join(dir, `${++files}.db`)

testStore('SQLite', () => openSqliteStore({ file: file(), pseudonym: (uid) => `pseudonym of ${uid.length} characters` }), { describe, it, assert })

it('finds everything again after it was closed and opened', async () => {
  const name = file()
  const first = await openSqliteStore({ file: name, pseudonym: String })
  const { uid } = await recordSample(first, sampleLogin({ openid: 'oA' }))
  await first.close()
  const second = await openSqliteStore({ file: name, pseudonym: String })
  expect((await recordSample(second, sampleLogin({ openid: 'oA' }))).uid).toBe(uid)
  await second.close()
})

it('F17: takes writes of two connections on one file without a BUSY error, and makes one user of one identity', async () => {
  const name = file()
  const stores = await Promise.all([openSqliteStore({ file: name, pseudonym: String }), openSqliteStore({ file: name, pseudonym: String })])
  const logins = await Promise.all(Array.from({ length: 200 }, (_, i) => recordSample(stores[i % 2]!, sampleLogin({ openid: `o${i % 10}` }))))
  expect(new Set(logins.map(({ uid }) => uid)).size).toBe(10)
  expect(logins.filter(({ isNew }) => isNew)).toHaveLength(10)
  await Promise.all(stores.map((store) => store.close()))
})
