import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { readDatabase } from './database.js'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

const LOGINS = 5
const SECTOR_BYTES = 512
/** LONG_TESTS=1 tries every sector and every cut that is a prime apart; the short form fewer of both. */
const [CUT_EVERY, SECTORS_EVERY] = process.env.LONG_TESTS ? [61, 1] : [4001, 13]

/** Logins one after another, and how long the log was when each had been answered. */
async function logInFiveTimes(stage: Stage): Promise<{ log: Buffer, ends: readonly number[], tokens: readonly string[] }> {
  const file = path.join(stage.dataDir, 'tongxing.db-wal')
  const [ends, tokens]: [number[], string[]] = [[statSync(file).size], []]
  for (const { id } of stage.emulator.people) {
    tokens.push(await stage.login(id))
    ends.push(statSync(file).size)
  }
  return { log: readFileSync(file), ends, tokens }
}

it('F15: whatever part of the log a power cut takes, the database opens whole, with every login before that part and nothing half', async () => {
  const stage = await openStage({ emulator: { people: Array.from({ length: LOGINS }, (_, i) => ({ id: `p${i}` })) } })
  const { log, ends } = await logInFiveTimes(stage)
  const sessionsWith = (left: Buffer): readonly string[] => sessionsAfterPowerCut(stage.dataDir, left)
  const all = sessionsWith(log)
  expect(all).toHaveLength(LOGINS)
  const answeredBefore = (byte: number): readonly string[] => all.slice(0, ends.filter((end) => end <= byte).length - 1)

  // A turn of the event loop after each look: libsql lets go of its thousands of files then, and not all of them in the end.
  const cuts = [...ends.flatMap((end) => [end - 1, end, end + 1]), ...Array.from({ length: Math.ceil(log.length / CUT_EVERY) }, (_, i) => i * CUT_EVERY)]
  for (const cut of cuts.filter((at) => at >= ends[0]! && at <= log.length)) {
    expect(sessionsWith(log.subarray(0, cut))).toEqual(answeredBefore(cut))
    await turn()
  }

  // A disk writes sectors in the order it likes: one may be missing in the middle of later ones.
  for (let at = 0; at < log.length; at += SECTORS_EVERY * SECTOR_BYTES) {
    const holed = Buffer.from(log).fill(0xa5, at, Math.min(at + SECTOR_BYTES, log.length))
    expect(sessionsWith(holed)).toEqual(answeredBefore(at))
    await turn()
  }
}, process.env.LONG_TESTS ? 600_000 : 60_000)

it('F15: after a power cut the server starts on what is left, and the sessions that the disk still holds stand', async () => {
  const stage = await openStage({ emulator: { people: Array.from({ length: LOGINS }, (_, i) => ({ id: `p${i}` })) } })
  const { log, ends, tokens } = await logInFiveTimes(stage)
  const left = mkdtempSync(path.join(tmpdir(), 'tongxing-left-'))
  onTestFinished(() => rmSync(left, { recursive: true, force: true }))
  for (const name of ['keys.json', 'tongxing.db']) copyFileSync(path.join(stage.dataDir, name), path.join(left, name))
  writeFileSync(path.join(left, 'tongxing.db-wal'), log.subarray(0, ends[4]! - 1))

  const { service: { url: at } } = await stage.another({ dataDir: left })
  const statusOf = async (token: string): Promise<number> => (await stage.send('GET', '/v1/me', { token, at })).status
  expect(await Promise.all(tokens.map(statusOf))).toEqual([200, 200, 200, 401, 401])
  const again = await stage.send('POST', '/v1/login', { at, body: { appid: stage.appid, code: stage.code({ person: 'p4' }) } })
  expect(await statusOf(String(again.json.token))).toBe(200)
})

const hasStrace = spawnSync('strace', ['-V']).status === 0

it('F15: a login is on the disk before it is answered: the log is synced between any two answers', (context) => {
  if (!hasStrace) context.skip('strace is not installed')
  const dir = mkdtempSync(path.join(tmpdir(), 'tongxing-sync-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const code = `
    import { writeSync } from 'node:fs'
    import { openSqliteStore } from ${JSON.stringify(moduleOf('store/sql/sqlite.js'))}
    import { recordSample } from ${JSON.stringify(moduleOf('store/conformance/samples.js'))}
    const store = await openSqliteStore({ file: ${JSON.stringify(path.join(dir, 'tongxing.db'))}, pseudonym: String })
    writeSync(1, 'answered')
    for (let i = 0; i < ${LOGINS}; i++) {
      await recordSample(store)
      writeSync(1, 'answered')
    }
    await store.close()`
  const trace = path.join(dir, 'trace')
  const { status, stderr } = spawnSync('strace', ['-f', '-y', '-e', 'trace=write,fsync,fdatasync', '-o', trace, process.execPath, '--input-type=module', '-e', code], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  const [, ...logins] = readFileSync(trace, 'utf8').split('"answered"')
  expect(logins).toHaveLength(LOGINS + 1)
  for (const calls of logins.slice(0, LOGINS)) expect(calls).toMatch(/f(data)?sync\(\d+<[^>]*tongxing\.db-wal>\) += 0/)
})

/** What a power cut leaves of the log, as the next process finds it: the openids of the sessions, in the order of their logins. */
function sessionsAfterPowerCut(dataDir: string, log: Buffer): readonly string[] {
  const dir = mkdtempSync(path.join(tmpdir(), 'tongxing-cut-'))
  const file = path.join(dir, 'tongxing.db')
  copyFileSync(path.join(dataDir, 'tongxing.db'), file)
  writeFileSync(`${file}-wal`, log)
  const db = readDatabase(file)
  try {
    expect(db.all('pragma integrity_check').map((row) => Object.values(row)[0])).toEqual(['ok'])
    const count = (table: string): unknown => db.all(`select count(*) as n from ${table}`)[0]!.n
    const openids = db.all('select openid from sessions order by rowid').map(({ openid }) => String(openid))
    expect(['users', 'identities', 'session_keys', 'audit'].map(count)).toEqual(Array.from({ length: 4 }, () => openids.length))
    return openids
  } finally {
    db.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

function moduleOf(file: string): string {
  return pathToFileURL(path.join(path.dirname(createRequire(import.meta.url).resolve('@tongxing/server/package.json')), 'dist', file)).href
}
