import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readDatabase } from './database.js'
import { openStage } from './stage.js'

/** LONG_TESTS=1 fills the disk as often as the reference asks. */
const CYCLES = process.env.LONG_TESTS ? 100 : 4
/** Only root may mount a file system of its own, and only Linux has this one. */
const CAN_MOUNT = process.platform === 'linux' && process.getuid?.() === 0

function mountSmallDisk(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tongxing-full-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder])
  onTestFinished(() => {
    // Lazily: libsql lets go of its files when the garbage is collected.
    execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true })
  })
  return folder
}

// Down to the last byte: first large pieces, then small ones.
function fillUp(file: string): void {
  for (const size of [65_536, 4096, 512]) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}

it.skipIf(!CAN_MOUNT)(`F16: a disk that fills up ${CYCLES} times refuses logins and goes on answering who is logged in; once there is room logins come back without a restart`, async () => {
  const disk = mountSmallDisk()
  const stage = await openStage({ server: { dataDir: disk }, emulator: { minuteQuota: 100_000 } })
  const login = () => stage.post('/v1/login', { appid: stage.appid, code: stage.code() })
  const tokens = [await stage.login()]
  const filler = path.join(disk, 'filler')

  for (let cycle = 0; cycle < CYCLES; cycle++) {
    fillUp(filler)
    let refused = await login()
    // The log may still have room of its own.
    for (let tries = 0; refused.status === 200 && tries < 200; tries++) {
      tokens.push(refused.json.token as string)
      refused = await login()
    }
    expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([503, 'store_unavailable', '1'])
    const token = tokens.at(-1)!
    for (const route of ['/v1/session', '/v1/me', '/v1/sessions', '/readyz']) expect([route, (await stage.send('GET', route, { token })).status]).toEqual([route, 200])
    expect((await stage.post('/v1/logout', {}, token)).json).toMatchObject({ status: 503, code: 'store_unavailable' })
    expect((await stage.send('GET', '/v1/session', { token })).status).toBe(200)

    rmSync(filler)
    const again = await login()
    expect(again.status).toBe(200)
    tokens.push(again.json.token as string)
  }

  for (const token of tokens) expect((await stage.send('GET', '/v1/session', { token })).status).toBe(200)
  const db = readDatabase(path.join(disk, 'tongxing.db'))
  expect(db.all('pragma integrity_check').map((row) => Object.values(row)[0])).toEqual(['ok'])
  expect(db.all('select count(*) as n from sessions')).toEqual([{ n: tokens.length }])
  db.close()
  expect(await stage.auth.audit.verify()).toMatchObject({ intact: true, events: tokens.length })
}, process.env.LONG_TESTS ? 600_000 : 120_000)
