import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createAuth } from '../auth.js'
import type { Auth } from '../auth.js'
import { openSqliteStore } from '../store/sql/sqlite.js'
import type { Store } from '../store/store.js'
import { mintSession } from '../testing.js'

const APPID = 'wxemu0123456789abc'
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** A WeChat that takes every connection and says nothing. */
async function openSilentWechat(): Promise<{ url: string, sockets: Socket[] }> {
  const sockets: Socket[] = []
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets }
}

/** A database that can be cut off: what it is asked then is counted and never answered. */
async function openBrittleStore(): Promise<{ store: Store, cut: { off: boolean, asked: number } }> {
  const cut = { off: false, asked: 0 }
  const sqlite = await openSqliteStore({ file: ':memory:', pseudonym: String })
  const brittle = (operation: (...input: unknown[]) => Promise<unknown>) => (...input: unknown[]): Promise<unknown> => {
    if (!cut.off) return operation(...input)
    cut.asked++
    return new Promise(() => undefined)
  }
  return { store: Object.fromEntries(Object.entries(sqlite).map(([name, operation]) => [name, brittle(operation as () => Promise<unknown>)])) as unknown as Store, cut }
}

/** 'waited' when the check is not done before the next turn of the event loop: then it has waited for a timer, a socket or a file. */
function checkWithinTurn(auth: Auth, token: string): Promise<string> {
  return Promise.race([auth.verify(token).then(({ uid }) => uid), new Promise<string>((resolve) => { setImmediate(() => resolve('waited')) })])
}

it('F01, F02, F07, F22: while WeChat hangs under hundreds of logins and the database is gone, 1,000 checks call nobody and wait for nobody', async () => {
  const wechat = await openSilentWechat()
  const { store, cut } = await openBrittleStore()
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-outage-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true }))
  const auth = await createAuth({
    apps: [{ appid: APPID, secret: '0123456789abcdef0123456789abcdef' }], dataDir, store, log: silent,
    feed: { pollMs: 60_000, maxAgeMs: 300_000 }, wechat: { emulator: true, baseURL: wechat.url, connections: 8, queue: 8, timeoutMs: 60_000 },
  })
  onTestFinished(() => {
    cut.off = false
    return auth.close()
  })
  const { token, uid } = await mintSession(auth)

  const outcomes: string[] = []
  for (let i = 0; i < 300; i++) auth.login({ appid: APPID, code: `code${i}` }).catch((error: unknown) => outcomes.push((error as { code: string }).code))
  await expect.poll(() => [wechat.sockets.length, outcomes.length >= 284]).toEqual([8, true])
  cut.off = true
  const checks = new Set<string>()
  for (let i = 0; i < 1000; i++) checks.add(await checkWithinTurn(auth, token))
  expect([...checks]).toEqual([uid])
  expect([cut.asked, wechat.sockets.length]).toEqual([0, 8])
})
