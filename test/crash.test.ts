import { spawn } from 'node:child_process'
import type { ChildProcess, ChildProcessByStdio } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { createEmulator } from '@tongxing/emulator'
import type { Emulator } from '@tongxing/emulator'
import { expect, it, onTestFinished } from 'vitest'
import { readDatabase } from './database.js'

/** LONG_TESTS=1 kills often enough to believe in it. */
const KILLS = process.env.LONG_TESTS ? 200 : 6
const IMPORT_KILLS = process.env.LONG_TESTS ? 40 : 6
/** Enough for WeChat's hundred logins of one person a minute. */
const PEOPLE = Math.max(40, 2 * KILLS)
const EXECUTABLE = path.join(path.dirname(createRequire(import.meta.url).resolve('@tongxing/server/package.json')), 'dist/cli/tongxing.js')

interface Acknowledged { readonly token: string, readonly uid: string, readonly person: string }

it(`F14: kill -9 during logins, ${KILLS} times: what was acknowledged is there, nothing is half there`, async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-crash-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const emulator = await createEmulator({ people: Array.from({ length: PEOPLE }, () => ({})) })
  onTestFinished(() => emulator.close())
  const acknowledged: Acknowledged[] = []

  for (let kill = 0; kill < KILLS; kill++) {
    const { child, url } = await startServer(emulator, dataDir)
    const target = acknowledged.length + 10 + (kill * 37) % 90
    await Promise.all(Array.from({ length: 20 }, (_, i) => logInUntilKilled(emulator, url, i, acknowledged, () => {
      if (acknowledged.length >= target) child.kill('SIGKILL')
    })))
    await ended(child)
  }

  const { child, url } = await startServer(emulator, dataDir)
  for (const { token, uid } of acknowledged) {
    const response = await fetch(`${url}/v1/session`, { headers: { authorization: `Bearer ${token}` } })
    expect([response.status, (await response.json() as { uid: string }).uid]).toEqual([200, uid])
  }
  child.kill('SIGTERM')
  await ended(child)
  expect(new Set(acknowledged.map(({ uid, person }) => `${person} ${uid}`)).size).toBe(new Set(acknowledged.map(({ person }) => person)).size)
  expectWhole(path.join(dataDir, 'tongxing.db'), acknowledged.length)
}, process.env.LONG_TESTS ? 1_800_000 : 180_000)

it(`S10, F14: kill -9 during an import, ${IMPORT_KILLS} times: it is started again each time, and ends with exactly the users of the file`, async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-crash-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const emulator = await createEmulator({})
  onTestFinished(() => emulator.close())
  const { appid } = emulator.apps[0]!
  const file = path.join(dataDir, 'users.jsonl')
  const users = IMPORT_KILLS * 500
  writeFileSync(file, Array.from({ length: users }, (_, i) => `${JSON.stringify({ appid, openid: `oImported${i}`, externalId: `customer-${i}` })}\n`).join(''))

  for (let kill = 1; kill <= IMPORT_KILLS; kill++) {
    // Told after so many batches, the process is somewhere in the next one when it dies.
    await runImport(emulator, dataDir, file, (rows, child) => { if (rows === kill * 500) child.kill('SIGKILL') })
    const db = readDatabase(path.join(dataDir, 'tongxing.db'))
    const [{ n }] = db.all('select count(*) as n from users') as [{ n: number }]
    expect([db.all('pragma integrity_check'), n % 500, n >= kill * 500]).toEqual([[{ integrity_check: 'ok' }], 0, true])
    expect(db.all('select count(*) as n from identities i join users u on u.uid = i.uid')).toEqual([{ n }])
    db.close()
  }
  expect(await runImport(emulator, dataDir, file)).toContain(`${users} rows: `)
  const db = readDatabase(path.join(dataDir, 'tongxing.db'))
  expect(db.all('select count(*) as n, count(distinct external_id) as ids from users')).toEqual([{ n: users, ids: users }])
  expect(db.all('select sum(detail) as n from audit where event = \'imported\'')).toEqual([{ n: users }])
  db.close()
}, process.env.LONG_TESTS ? 1_800_000 : 180_000)

/** What `tongxing users import` said until it ended, or was ended. */
async function runImport(emulator: Emulator, dataDir: string, file: string, onRows: (rows: number, child: ChildProcess) => void = () => undefined): Promise<string> {
  const child = run(emulator, dataDir, ['users', 'import', file])
  let said = ''
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    for (const [, rows] of chunk.toString().matchAll(/^(\d+) rows$/gm)) onRows(Number(rows), child)
    said += chunk.toString()
  }
  await ended(child)
  return said
}

function run(emulator: Emulator, dataDir: string, command: readonly string[]): ChildProcessByStdio<null, Readable, null> {
  const [app] = emulator.apps
  const child = spawn(process.execPath, [EXECUTABLE, ...command], {
    env: { ...process.env, WECHAT_APPID: app!.appid, WECHAT_SECRET: app!.secret, WECHAT_BASE_URL: emulator.url, WECHAT_EMULATOR: '1', TONGXING_DATA: dataDir, TONGXING_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function startServer(emulator: Emulator, dataDir: string): Promise<{ child: ChildProcess, url: string }> {
  const child = run(emulator, dataDir, ['serve'])
  let said = ''
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    said += chunk.toString()
    const url = /"url":"([^"]+)"/.exec(said)?.[1]
    if (url === undefined) continue
    child.stdout.resume()
    return { child, url }
  }
  throw new Error(`the server ended at once: ${said}`)
}

async function logInUntilKilled(emulator: Emulator, url: string, seed: number, acknowledged: Acknowledged[], after: () => void): Promise<void> {
  for (let i = acknowledged.length + seed; ; i += 7) {
    const person = emulator.people[i % emulator.people.length]!.id
    const appid = emulator.apps[0]!.appid
    const response = await fetch(`${url}/v1/login`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ appid, code: emulator.issueCode({ appid, person }) }),
    }).catch(() => null)
    const answer = await response?.json().catch(() => null) as { token: string, user: { uid: string } } | null
    if (!answer) return
    if (response?.status !== 200) throw new Error(`login answered ${response?.status}: ${JSON.stringify(answer)}`)
    acknowledged.push({ token: answer.token, uid: answer.user.uid, person })
    after()
  }
}

function ended(child: ChildProcess): Promise<unknown> {
  return child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', resolve))
}

function expectWhole(file: string, sessions: number): void {
  const db = readDatabase(file)
  const count = (sql: string): number => Number(db.all(`select count(*) as n from ${sql}`)[0]!.n)
  expect(db.all('pragma integrity_check').map((row) => Object.values(row)[0])).toEqual(['ok'])
  expect(count('users where uid not in (select uid from identities)')).toBe(0)
  expect(count('identities where uid not in (select uid from users)')).toBe(0)
  expect(count('identities i where not exists (select 1 from session_keys k where k.appid = i.appid and k.openid = i.openid)')).toBe(0)
  expect(count('users where uid not in (select uid from sessions)')).toBe(0)
  expect(count('sessions where uid not in (select uid from users)')).toBe(0)
  expect(count('sessions where id not in (select subject from audit)')).toBe(0)
  expect(count('audit where subject not in (select id from sessions)')).toBe(0)
  expect(count('sessions')).toBeGreaterThanOrEqual(sessions)
  db.close()
}
