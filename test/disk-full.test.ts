import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { serve } from '@tongxing/server'
import { expect, it, onTestFinished } from 'vitest'
import { readDatabase } from './database.js'
import { openStage } from './stage.js'

const CYCLES = process.env.LONG_TESTS ? 100 : 3
const DISK_BYTES = 8 * 1024 * 1024

/** A disk of its own, so small that it can be filled; null where this machine lets nobody mount one. */
function mountSmallDisk(): { dir: string, unmount: () => void } | null {
  const dir = mkdtempSync(path.join(tmpdir(), 'tongxing-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tongxing', dir]).status === 0
  const remove = (): void => rmSync(dir, { recursive: true, force: true })
  if (!mounted) {
    remove()
    return null
  }
  return {
    dir,
    unmount() {
      // Lazily: libsql lets go of its files when their statements are collected, not when it is closed.
      const { status, stderr } = spawnSync('umount', ['--lazy', dir], { encoding: 'utf8' })
      if (status !== 0) throw new Error(stderr)
      remove()
    },
  }
}

const mayMount = ((disk) => {
  disk?.unmount()
  return disk !== null
})(mountSmallDisk())

/** Writes until not a byte more fits. */
function fill(file: string): void {
  for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
    for (;;) {
      try {
        appendFileSync(file, Buffer.alloc(size))
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
        break
      }
    }
  }
}

it(`F16: on a full disk sessions are checked and users read, writing is a 503, and with room again it goes on by itself, ${CYCLES} times`, async (context) => {
  if (!mayMount) context.skip('mounting a small disk needs root')
  const disk = mountSmallDisk()!
  onTestFinished(disk.unmount)
  // One person from one address, more often than either limit allows.
  const stage = await openStage({ server: { dataDir: disk.dir }, backEnd: (auth, { port }) => serve(auth, { port, limits: false, idleGraceMs: 0 }) })
  const filler = path.join(disk.dir, 'filler')
  const tokens = [await stage.login()]
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    stage.emulator.clock.advance(60_000)
    fill(filler)
    const refused = await loginUntilRefused()
    expect([refused.status, refused.json.code, refused.json.action, refused.headers.get('retry-after')]).toEqual([503, 'store_unavailable', 'retry_later', expect.stringMatching(/^[1-5]$/)])
    expect((await stage.send('PUT', '/v1/me', { token: tokens[0]!, body: { nickname: '小明' } })).status).toBe(503)
    for (const route of ['/v1/session', '/v1/me', '/v1/sessions']) expect((await stage.send('GET', route, { token: tokens[0]! })).status).toBe(200)
    rmSync(filler)
    tokens.push(await stage.login())
  }
  for (const token of tokens) expect((await stage.auth.verify(token, { strict: true })).appid).toBe(stage.appid)
  const db = readDatabase(path.join(disk.dir, 'tongxing.db'))
  expect(db.all('pragma integrity_check').map((row) => Object.values(row)[0])).toEqual(['ok'])
  expect(db.all('select count(*) as n from sessions')).toEqual([{ n: tokens.length }])
  db.close()

  // The log may have room that it was given before: what fits there is a login like any other.
  async function loginUntilRefused() {
    for (;;) {
      const answer = await stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
      if (answer.status !== 200) return answer
      tokens.push(answer.json.token as string)
    }
  }
}, process.env.LONG_TESTS ? 600_000 : 60_000)
