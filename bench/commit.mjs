// A durable login write in a group, against a single write of the same rows that is not durable.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'libsql'
import { openSqliteStore } from '../packages/server/dist/store/sql/sqlite.js'
import { sampleLogin } from '../packages/server/dist/store/conformance.js'
import { median } from './peers.mjs'

const GROUP = 64
const SLICES = 25

export async function measure(say) {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-bench-'))
  const store = await openSqliteStore({ file: path.join(dataDir, 'group.db'), pseudonym: String })
  const single = await openPlain(path.join(dataDir, 'single.db'))
  const figures = { group: [], single: [] }
  say('groups of 64 with fsync, and single rows without, in turn')
  for (let slice = 0; slice < SLICES; slice++) {
    figures.group.push(await perLogin((logins) => Promise.all(logins.map((login) => store.recordLogin(login)))))
    figures.single.push(await perLogin((logins) => logins.forEach(single.write)))
  }
  await store.close()
  single.close()
  rmSync(dataDir, { recursive: true })
  const [group, plain] = [median(figures.group), median(figures.single)]
  return [{
    what: 'durable login write in a group of 64, against a single write that is not durable (prepared statements, synchronous = NORMAL)', result: `${(group / plain).toFixed(2)} ×`, accept: '≤ 2 ×', aim: '≤ 2 ×', holds: group / plain <= 2,
    detail: `${group.toFixed(0)} µs against ${plain.toFixed(0)} a login, four rows each`,
  }]
}

async function perLogin(write) {
  const logins = Array.from({ length: GROUP * 4 }, () => sampleLogin())
  const startedAt = performance.now()
  for (let at = 0; at < logins.length; at += GROUP) await write(logins.slice(at, at + GROUP))
  return (performance.now() - startedAt) * 1000 / logins.length
}

// The same tables, written by hand: one transaction a login, not durable.
async function openPlain(file) {
  await (await openSqliteStore({ file, pseudonym: String })).close()
  const db = new Database(file)
  db.exec('pragma journal_mode = WAL; pragma synchronous = NORMAL')
  const [begin, commit] = [db.prepare('begin immediate'), db.prepare('commit')]
  const find = db.prepare('select uid from identities where appid = ? and openid = ?')
  const user = db.prepare('insert into users (uid, epoch, created_at) values (?, 1, ?)')
  const identity = db.prepare('insert into identities (appid, openid, uid, created_at) values (?, ?, ?, ?)')
  const key = db.prepare('insert into session_keys (appid, openid, fingerprint, sealed, seen_at) values (?, ?, ?, ?, ?)')
  const session = db.prepare('insert into sessions (id, uid, appid, epoch, issued_at, expires_at) values (?, ?, ?, 1, ?, ?)')
  return {
    write({ appid, openid, newUid, sessionKey, sessionId, issuedAt, expiresAt }) {
      begin.run([])
      find.get([appid, openid])
      user.run([newUid, issuedAt])
      identity.run([appid, openid, newUid, issuedAt])
      key.run([appid, openid, sessionKey.fingerprint, sessionKey.sealed, issuedAt])
      session.run([sessionId, newUid, appid, issuedAt, expiresAt])
      commit.run([])
    },
    close: () => db.close(),
  }
}
