import path from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { readDatabase } from './database.js'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

const LARGE_BYTES = 64 * 1024 * 1024
const MINUTE_MS = 60_000

async function logBytes({ auth }: Stage): Promise<number> {
  return Number(/^tongxing_database_log_bytes (\d+)$/m.exec(await auth.metrics.text())?.[1])
}

const warnings = ({ logs }: Stage): number => logs.filter((line) => line.includes('database_log_large')).length

it('F18: a reader that does not end is told of, holds up nobody, and when it ends the log that grew behind it is cut', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const stage = await openStage()
  const reader = readDatabase(path.join(stage.dataDir, 'tongxing.db'))
  reader.all('begin')
  reader.all('select count(*) as n from users')
  await vi.advanceTimersByTimeAsync(MINUTE_MS)
  expect(warnings(stage)).toBe(0)

  for (let batch = 0; await logBytes(stage) <= LARGE_BYTES; batch++) {
    await stage.auth.users.import(Array.from({ length: 1000 }, (_, i) => ({ appid: stage.appid, openid: `o${batch}_${i}` })))
  }
  await vi.advanceTimersByTimeAsync(MINUTE_MS)
  expect(warnings(stage)).toBe(1)
  expect((await stage.send('GET', '/v1/me', { token: await stage.login() })).status).toBe(200)
  expect(reader.all('select count(*) as n from users')).toEqual([{ n: 0 }])

  reader.all('commit')
  reader.close()
  await vi.advanceTimersByTimeAsync(MINUTE_MS)
  expect(await logBytes(stage)).toBe(0)
  await vi.advanceTimersByTimeAsync(MINUTE_MS)
  expect(warnings(stage)).toBe(1)
}, 120_000)
