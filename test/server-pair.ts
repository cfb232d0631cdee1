import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createEmulator } from '@tongxing/emulator'
import type { Emulator } from '@tongxing/emulator'
import { createAuth, generateKeyRing } from '@tongxing/server'
import type { Auth, AuthOptions } from '@tongxing/server'
import { mintSession } from '@tongxing/server/testing'
import { readDatabase } from './database.js'
import { watchLeaks } from './leak-watch.js'
import { startRelay } from './relay.js'
import { startServerProcess } from './server-process.js'
import type { ServerProcess } from './server-process.js'

/** Two apps of one Open Platform account. */
export const APPS = ['wxemu0000000000001', 'wxemu0000000000002'] as const
export const PUSH = { token: 'AAAAA', encodingAESKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', mode: 'plain' } as const

/** An answer, read whole. */
export interface Answered {
  readonly status: number
  readonly text: string
  readonly json: Record<string, unknown>
}

/** What a request is made of. */
export interface Asked {
  readonly body?: unknown
  readonly token?: string
}

/** Two servers on one database file, each in a process of its own, and WeChat beside them. */
export interface ServerPair {
  readonly emulator: Emulator
  /** Older sealing keys that both still open. */
  readonly olderKeys: readonly string[]
  /** A look at the same data from here. */
  readonly auth: Auth
  readonly backendKey: string
  /** @param side which server: even the first, odd the second. */
  ask(side: number, method: string, route: string, asked?: Asked): Promise<Answered>
  /** The same at the admin listener, by an operator. */
  admin(side: number, method: string, route: string, body?: unknown): Promise<Answered>
  login(side: number, person: string, appid?: string): Promise<Answered>
  /** A session that an older sealing key has sealed. */
  loginUnder(olderKey: string, person: string): Promise<string>
  /** A session that nobody logged in to: what whoever stole an older sealing key can make. */
  forge(olderKey: string, uid: string): Promise<string>
  /** A person whom no server has seen. */
  newPerson(): string
  rows(sql: string): Record<string, unknown>[]
  /** Holds the next call of WeChat at this path until the returned function is called. */
  hold(where: string): { readonly reached: Promise<void>, readonly release: () => void }
  close(): Promise<void>
}

/** Starts everything; a file of tests shares one pair. @param olderKeys how many sealing keys may be revoked. */
export async function openServerPair(olderKeys: number): Promise<ServerPair> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-pair-'))
  const secrets = APPS.map((_, i) => `${i}f1e2d3c4b5a6978`.repeat(2))
  const emulator = await createEmulator({ apps: APPS.map((appid, i) => ({ appid, secret: secrets[i]!, unionScope: 'one' })) })
  const leaks = watchLeaks()
  leaks.wechat(emulator.url)
  const held = new Map<string, () => Promise<void>>()
  const relay = await startRelay(() => emulator.url, async (url) => {
    await held.get(url.pathname)?.()
    return false
  })
  const ring = Array.from({ length: olderKeys + 1 }, () => generateKeyRing())
  const options: AuthOptions & { keys: string } = {
    apps: APPS.map((appid, i) => ({ appid, secret: secrets[i]!, unionScope: 'one', push: PUSH })), dataDir, keys: ring.join(','),
    decryptBudget: false, phoneEncryptedData: 'strict', feed: { pollMs: 10, maxAgeMs: 0 }, wechat: { emulator: true, baseURL: relay.url, timeoutMs: 20_000 },
  }
  const auth = await createAuth(options)
  const [{ key: backendKey }, { key: adminKey }] = [await auth.apiKeys.create('back end'), await auth.apiKeys.create('operator', 'admin')]
  const sides = await Promise.all([startServerProcess(options), startServerProcess(options)])
  const sideOf = (side: number): ServerProcess => sides[side % 2]!
  const issue = (person: string, appid: string = APPS[0]): { appid: string, code: string } => ({ appid, code: emulator.issueCode({ appid, person }) })

  return {
    emulator, auth, backendKey,
    olderKeys: ring.slice(1),
    ask: (side, method, route, asked) => send(sideOf(side).url + route, method, asked),
    admin: (side, method, route, body) => send(sideOf(side).adminUrl + route, method, { body, token: adminKey }),
    login: (side, person, appid) => send(`${sideOf(side).url}/v1/login`, 'POST', { body: issue(person, appid) }),
    async loginUnder(olderKey, person) {
      const before = await createAuth({ ...options, keys: [olderKey, ...ring.filter((key) => key !== olderKey)].join(',') })
      const { token } = await before.login(issue(person))
      await before.close()
      return token
    },
    async forge(olderKey, uid) {
      const thief = await createAuth({ ...options, keys: olderKey, store: 'sqlite::memory:' })
      const { token } = await mintSession(thief, { uid })
      await thief.close()
      return token
    },
    newPerson: () => emulator.addPerson({ unionid: `oUnion${emulator.people.length}` }).id,
    rows(sql) {
      const db = readDatabase(path.join(dataDir, 'tongxing.db'))
      const rows = db.all(sql)
      db.close()
      return rows
    },
    hold(where) {
      let release = (): void => undefined
      const released = new Promise<void>((resolve) => { release = resolve })
      const reached = new Promise<void>((resolve) => {
        held.set(where, () => {
          held.delete(where)
          resolve()
          return released
        })
      })
      return { reached, release }
    },
    async close() {
      await Promise.all(sides.map((side) => side.close()))
      await auth.close()
      relay.close()
      await emulator.close()
      leaks.check({ appSecrets: secrets, logs: [], dataDir })
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function send(url: string, method: string, { body, token }: Asked = {}): Promise<Answered> {
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, text, json: text.startsWith('{') ? JSON.parse(text) as Record<string, unknown> : {} }
}
