import { readdirSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { openRelay } from './relay.js'
import { openStage } from './stage.js'

/** LONG_TESTS=1 does the work of a busy day. */
const [CHECKS, LOGINS] = process.env.LONG_TESTS ? [2_500_000, 100_000] : [50_000, 300]

setFlagsFromString('--expose_gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapBytes(): number {
  for (let i = 0; i < 3; i++) collectGarbage()
  return process.memoryUsage().heapUsed
}

const openDescriptors = (): number => readdirSync('/proc/self/fd').length

it.skipIf(process.platform !== 'linux')(`F36: after ${LOGINS} logins and ${CHECKS} checks no descriptor is left over, no login has left more than a line, and no check anything`, async () => {
  const stage = await openStage()
  let people = 0
  // Says yes and keeps nothing: what grows is ours. The same hundred people come again and again.
  const wechat = await openRelay(() => stage.emulator.url, (_url, response) => {
    response.end(JSON.stringify({ openid: `o${people++ % 100}`, session_key: Buffer.alloc(16, people % 7).toString('base64') }))
    return true
  })
  await stage.restart({ wechat: { baseURL: wechat.url }, log: pino({ level: 'silent' }), mostSessions: 1 })
  let codes = 0
  const logInAll = async (): Promise<string> => {
    for (let i = 0; i < LOGINS; i += 10) {
      await Promise.all(Array.from({ length: 10 }, () => stage.auth.login({ appid: stage.appid, code: `c${codes++}` })))
    }
    // Codes are remembered for as long as WeChat's live.
    stage.emulator.clock.advance(11 * 60_000)
    return (await stage.auth.login({ appid: stage.appid, code: `c${codes++}` })).token
  }
  const checkAll = async (token: string): Promise<void> => { for (let i = 0; i < CHECKS; i++) await stage.auth.verify(token) }

  await checkAll(await logInAll())
  const before = { heap: heapBytes(), descriptors: openDescriptors() }
  const token = await logInAll()
  const between = heapBytes()
  await checkAll(token)
  const after = { heap: heapBytes(), descriptors: openDescriptors() }
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 2)
  // What one login leaves in this process is the line of the stand-in for WeChat, and the place of a revocation.
  expect(between - before.heap).toBeLessThan(LOGINS * 4096)
  // Less than the smallest object a check.
  expect(after.heap - between).toBeLessThan(CHECKS * 8)
}, process.env.LONG_TESTS ? 1_800_000 : 120_000)
