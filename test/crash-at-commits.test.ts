import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createEmulator } from '@tongxing/emulator'
import type { Emulator } from '@tongxing/emulator'
import { createAuth } from '@tongxing/server'
import type { Auth, AuthOptions, ImportReport } from '@tongxing/server'
import { expect, it, onTestFinished } from 'vitest'
import { readDatabase } from './database.js'
import { killBeforeCommits } from './killed.js'

const TIME = process.env.LONG_TESTS ? 600_000 : 60_000

interface Scene {
  readonly emulator: Emulator
  readonly options: AuthOptions & { readonly dataDir: string }
  readonly rows: (tables?: string[]) => Record<string, unknown[]>
}

async function openScene(people = 1): Promise<Scene> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-commits-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const emulator = await createEmulator({ people: Array.from({ length: people }, () => ({})) })
  onTestFinished(() => emulator.close())
  const [app] = emulator.apps
  return {
    emulator,
    options: { apps: [{ appid: app!.appid, secret: app!.secret }], dataDir, mostSessions: 1, wechat: { emulator: true, baseURL: emulator.url, timeoutMs: 20_000 } },
    rows: (tables) => rowsOf(path.join(dataDir, 'tongxing.db'), tables),
  }
}

const LOGIN_TABLES = ['users', 'identities', 'session_keys', 'sessions', 'revocations']
const ALL_TABLES = [...LOGIN_TABLES, 'phones', 'unions', 'union_conflicts', 'consents', 'avatars', 'disabled_apps', 'receipts', 'tombstones', 'audit', 'audit_marks']

function rowsOf(file: string, tables = LOGIN_TABLES): Record<string, unknown[]> {
  const db = readDatabase(file)
  expect(db.all('pragma integrity_check').map((row) => Object.values(row)[0])).toEqual(['ok'])
  const rows = Object.fromEntries(tables.map((table) => [table, db.all(`select * from ${table}`)]))
  db.close()
  return rows
}

/** What a look from another process says, as after a restart. */
async function afterRestart<T>(options: AuthOptions, look: (auth: Auth) => Promise<T>): Promise<T> {
  const auth = await createAuth(options)
  expect((await auth.audit.verify()).intact).toBe(true)
  const seen = await look(auth)
  await auth.close()
  return seen
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
      const { receipts, tombstones } = rows(ALL_TABLES)
      if (users!.length > 0) expect([rows(), receipts, tombstones]).toEqual([before, [], []])
      else expect([identities, sessions, keys, receipts!.length, tombstones!.length > 0]).toEqual([[], [], [], 1, true])
    },
  })
  expect(deaths).toBeGreaterThan(0)
  expect(result).toMatchObject({ what: { identities: 1, avatars: 1 } })
  await afterRestart(options, async (auth) => expect(await auth.erasures.tombstones()).toHaveLength(rows(ALL_TABLES).tombstones!.length))
  expect(readdirSync(path.join(options.dataDir, 'avatars'))).toEqual([])
  for (const name of readdirSync(options.dataDir).filter((file) => file.startsWith('tongxing.db'))) {
    expect(readFileSync(path.join(options.dataDir, name), 'latin1').includes(uid)).toBe(false)
  }
}, TIME)

/** Users with a phone number and a nickname each. */
async function logIn({ emulator, options }: Scene): Promise<string[]> {
  const { appid } = options.apps[0]!
  return afterRestart(options, async (auth) => {
    const uids: string[] = []
    for (const { id: person } of emulator.people) {
      const { token, user } = await auth.login({ appid, code: emulator.issueCode({ appid, person }) })
      const session = await auth.verify(token)
      await auth.bindPhone(session, { code: emulator.issuePhoneCode({ appid, person }) })
      await auth.updateMe(session, { nickname: `user ${uids.length}` })
      uids.push(user.uid)
    }
    return uids
  })
}

it('F14: kill -9 before each commit of a merge leaves two users or one, never half of one, and the merge is done then', async () => {
  const scene = await openScene(2)
  const { options, rows } = scene
  const [from, into] = await logIn(scene) as [string, string]
  const number = await afterRestart(options, (auth) => auth.users.phoneOf(into))
  const before = rows(ALL_TABLES)
  const { result, deaths } = await killBeforeCommits({
    options,
    work: async (auth, input: { from: string, into: string }) => (await auth.users.merge(input.from, input.into)).into,
    input: () => ({ from, into }),
    afterDeath: () => expect(rows(ALL_TABLES)).toEqual(before),
  })
  expect([result, deaths > 0]).toEqual([into, true])
  await afterRestart(options, async (auth) => {
    expect(await auth.users.get(from)).toMatchObject({ uid: into, aliases: [from], identities: [{}, {}], profile: { nickname: 'user 1' } })
    expect([await auth.users.phoneOf(into), rows(['phones']).phones]).toEqual([number, [expect.objectContaining({ uid: into })]])
  })
}, TIME)

it('F14, T28: kill -9 before each commit of a ban, and of an app switched off, leaves all of it or nothing', async () => {
  const scene = await openScene()
  const { options, rows } = scene
  const [uid] = await logIn(scene) as [string]
  const { appid } = options.apps[0]!
  const before = rows(ALL_TABLES)
  const ban = await killBeforeCommits({ options, work: (auth, input: string) => auth.users.ban(input), input: () => uid, afterDeath: () => expect(rows(ALL_TABLES)).toEqual(before) })
  expect([ban.result, ban.deaths > 0]).toEqual([true, true])
  const banned = rows(ALL_TABLES)
  expect(banned.users).toMatchObject([{ banned_at: expect.any(Number) as number }])
  expect(banned.revocations).not.toEqual(before.revocations)

  const disable = await killBeforeCommits({ options, work: (auth, input: string) => auth.apps.disable(input), input: () => appid, afterDeath: () => expect(rows(ALL_TABLES)).toEqual(banned) })
  expect(disable.deaths).toBeGreaterThan(0)
  await afterRestart(options, async (auth) => expect(await auth.apps.list()).toMatchObject([{ appid, disabledAt: expect.any(Number) as number }]))
}, TIME)

it('S10, F14: kill -9 before each commit of an import leaves whole batches; the same rows again end with exactly the users of the file', async () => {
  const { options, rows } = await openScene()
  const { appid } = options.apps[0]!
  const [users, batch] = [1100, 500]
  const { result, deaths } = await killBeforeCommits({
    options,
    work: (auth, input: { appid: string, users: number }) => auth.users.import(Array.from({ length: input.users }, (_, i) => ({
      appid: input.appid, openid: `oImported${i}`, externalId: `customer-${i}`, nickname: `user ${i}`, createdAt: 1_600_000_000_000 + i, ...(i % 100 === 0 && { phone: { countryCode: '86', number: String(13_800_000_000 + i) } }),
    }))),
    input: () => ({ appid, users }),
    afterDeath: () => {
      const { users: some, identities } = rows()
      expect([some!.length % batch === 0 || some!.length === users, identities!.length]).toEqual([true, some!.length])
    },
  })
  expect(deaths).toBeGreaterThan(3)
  const { created, unchanged, problems } = result as ImportReport
  expect([created + unchanged, problems]).toEqual([users, []])
  await afterRestart(options, async (auth) => {
    const all = rows(ALL_TABLES)
    expect([all.users!.length, all.identities!.length, all.phones!.length]).toEqual([users, users, users / 100])
    expect(new Set(all.users!.map((user) => (user as { external_id: string }).external_id))).toEqual(new Set(Array.from({ length: users }, (_, i) => `customer-${i}`)))
    expect((all.audit as { event: string, detail: string }[]).filter(({ event }) => event === 'imported').reduce((sum, { detail }) => sum + Number(detail), 0)).toBe(users)
    const user = await auth.users.findByExternalId('customer-1000')
    expect([user?.createdAt, user?.profile?.nickname, await auth.users.phoneOf(user!.uid)]).toEqual([1_600_000_001_000, 'user 1000', '+8613800001000'])
  })
}, TIME)
