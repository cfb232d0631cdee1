import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { createAuth } from '../auth.js'
import type { AuthOptions } from '../config.js'
import { mintSession } from '../testing.js'
import { guardAvatars, guardStore } from './guarded.js'
import { openSqliteStore } from './sql/sqlite.js'
import type { AvatarStore, Store } from './store.js'

const never = (): Promise<never> => new Promise(() => undefined)
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

let dataDir: string
beforeEach(() => { dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-guarded-')) })
afterEach(() => rmSync(dataDir, { recursive: true }))

/** An application with a store and a place for pictures of its own. */
async function applicationWith(options: Pick<AuthOptions, 'store' | 'avatars'>): ReturnType<typeof createAuth> {
  const auth = await createAuth({ apps: [{ appid: 'wx0123456789abcdef', secret: '0123456789abcdef' }], dataDir, storeTimeoutMs: 300, log: silent, ...options })
  onTestFinished(() => auth.close())
  return auth
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

it('F22: every operation of a store that never answers is store_unavailable at its deadline, and the log is told which', async () => {
  const names = Object.keys(guardStore(await openSqliteStore({ file: ':memory:', pseudonym: String }), 100)) as (keyof Store)[]
  const hung = guardStore(Object.fromEntries(names.map((name) => [name, never])) as unknown as Store, 100)
  const ends = await Promise.all(names.map((name) => (hung[name] as () => Promise<unknown>)().catch((error: unknown) => error)))
  expect(ends.map((end) => (end as { code?: string }).code)).toEqual(names.map(() => 'store_unavailable'))
  expect(ends.map((end) => ((end as Error).cause as Error).message)).toEqual(names.map((name) => `${name} has not answered within 100 ms`))
})

it('F22: an operation that has answered is not held against its deadline, and one that fails after it harms nobody', async () => {
  let fail = (_: Error): void => undefined
  const store = guardStore({ ...await openSqliteStore({ file: ':memory:', pseudonym: String }), findUid: () => new Promise((_, reject) => { fail = reject }) }, 100)
  await expect(store.findUid('wx', 'o')).rejects.toMatchObject({ code: 'store_unavailable' })
  fail(new Error('too late'))
  expect(await store.findSessions('u_nobody', 0)).toEqual([])
})

it('F22: an application whose own store hangs in one operation answers store_unavailable there, and everything else goes on', async () => {
  const sqlite = await openSqliteStore({ file: ':memory:', pseudonym: String })
  const auth = await applicationWith({ store: { ...sqlite, findSessions: never } })
  const { token, uid } = await mintSession(auth)
  const session = await auth.verify(token)
  await expect(auth.sessions.list(session)).rejects.toMatchObject({ code: 'store_unavailable', status: 503, action: 'retry_later', retryAfter: expect.any(Number) as number })
  expect((await auth.me(session)).uid).toBe(uid)
})

it('F22: a server whose store never answers does not start, and says so', async () => {
  const sqlite = await openSqliteStore({ file: ':memory:', pseudonym: String })
  await expect(applicationWith({ store: { ...sqlite, revocationsAfter: never } })).rejects.toMatchObject({ code: 'store_unavailable' })
})

it('F22: a place for pictures that never answers, or fails, is store_unavailable for the picture, and holds up neither the start nor anything else', async () => {
  const hung: AvatarStore = { save: never, open: never, remove: never }
  const auth = await applicationWith({ avatars: hung })
  const session = await auth.verify((await mintSession(auth)).token)
  await expect(auth.saveAvatar(session, PICTURE)).rejects.toMatchObject({ code: 'store_unavailable', status: 503 })
  await expect(auth.avatars.open(`${'A'.repeat(22)}.png`)).rejects.toMatchObject({ code: 'store_unavailable', status: 503 })
  expect((await auth.me(session)).uid).toBe(session.uid)

  const failing = guardAvatars({ save: () => Promise.reject(new Error('bucket gone')), open: never, remove: () => { throw new Error('sync') } }, 100)
  await expect(failing.save('a', PICTURE)).rejects.toMatchObject({ code: 'store_unavailable', cause: new Error('bucket gone') })
  await expect(failing.remove('a')).rejects.toMatchObject({ code: 'store_unavailable', cause: new Error('sync') })
})
