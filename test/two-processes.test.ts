import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { moduleOf } from './server-process.js'
import { openStage } from './stage.js'

const LIBSQL = createRequire(import.meta.url).resolve('libsql')

/** Runs a module in a process of its own; resolves with what it said first. */
function run(code: string): { said: Promise<string>, ended: Promise<number | null>, go: () => void } {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'pipe'] })
  onTestFinished(() => { child.kill('SIGKILL') })
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return {
    said: new Promise((resolve, reject) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
      child.once('exit', (exit) => { if (exit !== 0) reject(new Error(err)) })
    }),
    ended,
    go: () => { child.stdin.write('go\n') },
  }
}

it('F17: servers that start together on a fresh folder all come up, with one schema and one key', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-fresh-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const code = `
    import { createAuth } from ${moduleOf('index.js')}
    const auth = await createAuth({ apps: [{ appid: 'wx0123456789abcdef', secret: '0123456789abcdef' }], dataDir: ${JSON.stringify(dataDir)} })
    await auth.ping()
    await auth.close()
    console.log('up')`
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => run(code).said))
  expect(outcomes).toEqual(['up', 'up', 'up', 'up'])
})

it('F17: while another process holds the write lock, sessions are checked, the event loop runs, and the login waits its turn', async () => {
  const stage = await openStage({ server: { feed: { maxAgeMs: 0 } } })
  const token = await stage.login()
  const holder = run(`
    import { createRequire } from 'node:module'
    const Database = createRequire(import.meta.url)(${JSON.stringify(LIBSQL)})
    const db = new Database(${JSON.stringify(path.join(stage.dataDir, 'tongxing.db'))})
    db.prepare('begin immediate').run([])
    console.log('holding')
    process.stdin.once('data', () => { db.prepare('rollback').run([]); db.close(); process.exit(0) })`)
  expect(await holder.said).toBe('holding')
  const login = stage.login()
  for (let check = 0; check < 20; check++) {
    const startedAt = performance.now()
    expect((await stage.send('GET', '/v1/me', { token })).status).toBe(200)
    expect(performance.now() - startedAt).toBeLessThan(1000)
  }
  holder.go()
  await holder.ended
  expect(await login).toMatch(/^txs_/)
})
