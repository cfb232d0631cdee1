// Finding a user by openid among ten million against one million: what a service that grows pays.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'libsql'
import { openSqliteStore } from '../packages/server/dist/store/sql/sqlite.js'
import { APP, median } from './peers.mjs'

const SIZES = [1_000_000, 10_000_000]
const SLICES = 21
const LOOKUPS = 2000

export async function measure(say) {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-bench-'))
  const stores = []
  for (const size of SIZES) {
    say(`writing ${size.toLocaleString('en')} users`)
    stores.push(await filled(path.join(dataDir, `${size}.db`), size))
  }
  const figures = SIZES.map(() => [])
  for (let slice = 0; slice < SLICES; slice++) {
    for (const [i, store] of stores.entries()) figures[i].push(await perLookup(store, SIZES[i]))
  }
  for (const store of stores) await store.close()
  rmSync(dataDir, { recursive: true })
  const [small, large] = figures.map(median)
  return [{
    what: 'look-up of a user by AppID and openid, 10 M users against 1 M', result: `${(large / small).toFixed(2)} ×`, accept: '≤ 1.6 ×', aim: '≤ 1.6 ×', holds: large / small <= 1.6,
    detail: `${large.toFixed(1)} µs against ${small.toFixed(1)}, at random, the files in the system’s cache; median of ${SLICES} slices in turn`,
  }]
}

async function perLookup(store, size) {
  const openids = Array.from({ length: LOOKUPS }, () => openidOf(Math.floor(Math.random() * size)))
  const startedAt = performance.now()
  for (const openid of openids) if (!await store.findUid(APP.appid, openid)) throw new Error('a user that was written is not found')
  return (performance.now() - startedAt) * 1000 / LOOKUPS
}

const openidOf = (n) => `o${String(n).padStart(27, '0')}`

// In the order of the keys and within SQLite: ten million take a minute and not an hour.
async function filled(file, size) {
  await (await openSqliteStore({ file, pseudonym: String })).close()
  const db = new Database(file)
  db.exec(`pragma synchronous = OFF; begin;
    create temp table numbers as with recursive n(i) as (select 0 union all select i + 1 from n where i < ${size - 1}) select i from n;
    insert into users (uid, epoch, created_at) select printf('u_%022d', i), 1, 0 from numbers;
    insert into identities (appid, openid, uid, created_at) select '${APP.appid}', printf('o%027d', i), printf('u_%022d', i), 0 from numbers;
    commit`)
  db.close()
  return openSqliteStore({ file, pseudonym: String })
}
