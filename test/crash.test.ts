import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createEmulator } from '@tongxing/emulator'
import type { Emulator } from '@tongxing/emulator'
import { expect, it, onTestFinished } from 'vitest'
import { readDatabase } from './database.js'

/** LONG_TESTS=1 kills often enough to believe in it. */
const KILLS = process.env.LONG_TESTS ? 200 : 6
const EXECUTABLE = path.join(path.dirname(createRequire(import.meta.url).resolve('@tongxing/server/package.json')), 'dist/cli/tongxing.js')

interface Acknowledged { readonly token: string, readonly uid: string, readonly person: string }

it(`F14: kill -9 during logins, ${KILLS} times: what was acknowledged is there, nothing is half there`, async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-crash-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const emulator = await createEmulator({ people: Array.from({ length: 40 }, () => ({})) })
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
}, process.env.LONG_TESTS ? 1_800_000 : 60_000)

async function startServer(emulator: Emulator, dataDir: string): Promise<{ child: ChildProcess, url: string }> {
  const [app] = emulator.apps
  const child = spawn(process.execPath, [EXECUTABLE, 'serve'], {
    env: { ...process.env, WECHAT_APPID: app!.appid, WECHAT_SECRET: app!.secret, WECHAT_BASE_URL: emulator.url, WECHAT_EMULATOR: '1', TONGXING_DATA: dataDir, TONGXING_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
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
  for (let i = seed; ; i += 7) {
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
