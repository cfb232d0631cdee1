import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { recordSample, sampleLogin } from '../conformance.js'
import { NOW } from '../conformance/samples.js'
import { openSqlite } from './sqlite-driver.js'
import { openSqliteStore } from './sqlite.js'

/** LONG_TESTS=1 cuts the log at many more bytes. */
const CUTS = process.env.LONG_TESTS ? 1000 : 30
const LOGINS = process.env.LONG_TESTS ? 40 : 12

interface Recording {
  readonly dir: string
  readonly file: string
  /** Session ids in the order in which their logins were acknowledged, and how long the log was then. */
  readonly acknowledged: readonly { readonly sessionId: string, readonly logBytes: number }[]
}

/** A database and its log as they lie on the disk while the server runs: nothing of it was closed or checkpointed. */
async function record(): Promise<Recording> {
  const dir = mkdtempSync(path.join(tmpdir(), 'tongxing-power-'))
  const file = path.join(dir, 'live.db')
  const store = await openSqliteStore({ file, pseudonym: String })
  onTestFinished(async () => {
    await store.close()
    rmSync(dir, { recursive: true })
  })
  const acknowledged = []
  for (let i = 0; i < LOGINS; i++) {
    const login = sampleLogin({ openid: `o${i % 25}`, issuedAt: NOW + i })
    await recordSample(store, login)
    acknowledged.push({ sessionId: login.sessionId, logBytes: statSync(`${file}-wal`).size })
  }
  return { dir, file, acknowledged }
}

/** What the next start finds when so many bytes of the log had reached the disk, and what follows them was never written or is rubbish. */
function sessionsAfterPowerLoss({ dir, file }: Recording, log: Uint8Array): string[] {
  // A name of its own each time: within one process SQLite shares what it knows of a file that was opened before.
  const copy = path.join(mkdtempSync(path.join(dir, 'after-')), 'live.db')
  copyFileSync(file, copy)
  writeFileSync(`${copy}-wal`, log)
  const db = openSqlite(copy)
  const rows = (sql: string): Record<string, unknown>[] => db.prepare(sql).all([]) as Record<string, unknown>[]
  expect(rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }])
  expect(rows('pragma foreign_key_check')).toEqual([])
  expect(rows(`select count(*) as n from sessions s where not exists (select 1 from audit a where a.subject = s.id)
    or not exists (select 1 from users u where u.uid = s.uid) or not exists (select 1 from identities i where i.uid = s.uid)`)).toEqual([{ n: 0 }])
  const sessions = rows('select id from sessions order by issued_at').map(({ id }) => String(id))
  db.close()
  rmSync(path.dirname(copy), { recursive: true })
  return sessions
}

it(`F15: of a power loss at ${CUTS} bytes of the log each leaves a whole database that holds every login acknowledged before it, and no gap among the later ones`, async () => {
  const recording = await record()
  const { file, acknowledged } = recording
  const log = readFileSync(`${file}-wal`)
  const ids = acknowledged.map(({ sessionId }) => sessionId)
  expect(acknowledged.at(-1)!.logBytes).toBe(log.length)
  // Spread evenly, and around the end of each commit.
  const [first] = acknowledged as [{ logBytes: number }]
  const spread = Array.from({ length: CUTS }, (_, i) => first.logBytes + Math.floor(((log.length - first.logBytes) * (i + 1)) / CUTS))
  const edges = acknowledged.flatMap(({ logBytes }) => [logBytes - 1, logBytes, logBytes + 1]).filter((bytes) => bytes >= first.logBytes && bytes <= log.length)
  for (const bytes of [...spread, ...edges]) {
    const safe = acknowledged.filter(({ logBytes }) => logBytes <= bytes).length
    const rubbish = Buffer.concat([log.subarray(0, bytes), Buffer.alloc(5000, 0xa5)])
    for (const [what, left] of [['cut', log.subarray(0, bytes)], ['torn', rubbish]] as const) {
      const found = sessionsAfterPowerLoss(recording, left)
      expect([what, bytes, found]).toEqual([what, bytes, ids.slice(0, Math.max(safe, found.length))])
    }
  }
}, 300_000)
