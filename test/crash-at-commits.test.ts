import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createEmulator } from '@tongxing/emulator'
import type { Emulator } from '@tongxing/emulator'
import { createAuth } from '@tongxing/server'
import type { AuthOptions } from '@tongxing/server'
import { expect, it, onTestFinished } from 'vitest'
import { readDatabase } from './database.js'
import { killBeforeCommits } from './killed.js'

const TIME = process.env.LONG_TESTS ? 600_000 : 60_000

interface Scene {
  readonly emulator: Emulator
  readonly options: AuthOptions & { readonly dataDir: string }
  readonly rows: () => Record<string, unknown[]>
}

async function openScene(): Promise<Scene> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-commits-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const emulator = await createEmulator({})
  onTestFinished(() => emulator.close())
  const [app] = emulator.apps
  return {
    emulator,
    options: { apps: [{ appid: app!.appid, secret: app!.secret }], dataDir, mostSessions: 1, wechat: { emulator: true, baseURL: emulator.url, timeoutMs: 20_000 } },
    rows: () => rowsOf(path.join(dataDir, 'tongxing.db')),
  }
}

function rowsOf(file: string): Record<string, unknown[]> {
  const db = readDatabase(file)
  expect(db.all('pragma integrity_check').map((row) => Object.values(row)[0])).toEqual(['ok'])
  const rows = Object.fromEntries(['users', 'identities', 'session_keys', 'sessions', 'revocations'].map((table) => [table, db.all(`select * from ${table}`)]))
  db.close()
  return rows
}

it('F14: kill -9 before the commit of a first login and of a later one leaves nothing of it; the next one goes through', async () => {
  const { emulator, options, rows } = await openScene()
  const { appid } = options.apps[0]!
  const person = emulator.people[0]!.id
  const login = (expected: () => Record<string, unknown[]>) => killBeforeCommits({
    options,
    work: async (auth, request: { appid: string, code: string }) => (await auth.login(request)).user.isNew,
    input: () => ({ appid, code: emulator.issueCode({ appid, person }) }),
    afterDeath: () => expect(rows()).toEqual(expected()),
  })

  const first = await login(() => ({ users: [], identities: [], session_keys: [], sessions: [], revocations: [] }))
  expect(first.result).toBe(true)
  expect(first.deaths).toBeGreaterThan(0)

  const before = rows()
  const second = await login(() => before)
  expect(second.result).toBe(false)
  expect(second.deaths).toBeGreaterThan(0)
  expect(rows()).toMatchObject({ users: [{}], identities: [{}], sessions: [{ end_reason: 'replaced' }, { end_reason: null }], revocations: [{ kind: 'session' }] })
}, TIME)

it('T60: kill -9 before each commit of an erasure leaves the whole user or nothing of him, and the next start removes his picture and the last bytes', async () => {
  const { emulator, options, rows } = await openScene()
  const setup = await createAuth(options)
  const { appid } = options.apps[0]!
  const { token, user: { uid } } = await setup.login({ appid, code: emulator.issueCode({ appid, person: emulator.people[0]!.id }) })
  await setup.saveAvatar(await setup.verify(token), Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'))
  await setup.close()
  const before = rows()
  const { result, deaths } = await killBeforeCommits({
    options,
    work: (auth, input: { uid: string }) => auth.users.erase(input.uid),
    input: () => ({ uid }),
    afterDeath: () => {
      const { users, identities, sessions, session_keys: keys } = rows()
      if (users!.length > 0) expect(rows()).toEqual(before)
      else expect([identities, sessions, keys]).toEqual([[], [], []])
    },
  })
  expect(deaths).toBeGreaterThan(0)
  expect(result).toMatchObject({ what: { identities: 1, avatars: 1 } })
  await (await createAuth(options)).close()
  expect(readdirSync(path.join(options.dataDir, 'avatars'))).toEqual([])
  for (const name of readdirSync(options.dataDir).filter((file) => file.startsWith('tongxing.db'))) {
    expect(readFileSync(path.join(options.dataDir, name), 'latin1').includes(uid)).toBe(false)
  }
}, TIME)
