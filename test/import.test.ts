import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import type { ImportUser } from '@tongxing/server'
import { expect, it } from 'vitest'
import { openStage } from './stage.js'

const run = promisify(execFile)
const EXECUTABLE = path.join(path.dirname(createRequire(import.meta.url).resolve('@tongxing/server/package.json')), 'dist/cli/tongxing.js')
const USERS = process.env.LONG_TESTS ? 100_000 : 5000

it(`S10: takes over ${USERS} users in batches, the same ones again change nothing, and they log in as themselves`, async () => {
  const stage = await openStage()
  const { auth, appid } = stage
  const token = await stage.login()
  const { openid } = (await auth.introspect(token)) as { openid: string }
  const rows = Array.from({ length: USERS }, (_, i) => ({ appid, openid: i === 7 ? openid : `oImported${i}`, externalId: `customer-${i}`, createdAt: 1_600_000_000_000 + i }))
  const seen: number[] = []
  const first = await auth.users.import(rows, { onProgress: (report) => seen.push(report.rows) })
  expect(first).toEqual({ rows: USERS, created: USERS - 1, linked: 0, updated: 1, unchanged: 0, problems: [] })
  expect(seen).toEqual(Array.from({ length: USERS / 500 }, (_, i) => (i + 1) * 500))
  expect(await auth.users.import(rows)).toEqual({ rows: USERS, created: 0, linked: 0, updated: 0, unchanged: USERS, problems: [] })

  expect(await auth.users.findByExternalId('customer-9')).toMatchObject({ externalId: 'customer-9', createdAt: 1_600_000_000_009, identities: [{ appid, openid: 'oImported9' }] })
  expect(await auth.users.findByExternalId('customer-x')).toBeNull()
  expect(await auth.introspect(token)).toMatchObject({ active: true, externalId: 'customer-7' })
  expect((await auth.audit.verify()).intact).toBe(true)
}, 120_000)

it('S10: tells row by row what it did not take, and takes the rest, nickname and number included', async () => {
  const { auth, appid } = await openStage()
  async function* rows() {
    const phone = { countryCode: '86', number: '13800138000' }
    yield { appid, openid: 'oA', externalId: '1', nickname: ' 小明 ', phone }
    yield { appid: 'wx0000000000000000', openid: 'oB' }
    yield { appid, openid: 'not an openid' }
    yield { appid, openid: 'oA', externalId: '2' }
    yield { appid, openid: 'oC', phone }
    yield { appid, openid: 'oD', nickname: 'a\u0000' }
    yield { appid, openid: 'oE', phone: { countryCode: '86', number: 'abc' } }
  }
  expect(await auth.users.import(rows())).toEqual({
    rows: 7, created: 2, linked: 0, updated: 0, unchanged: 0,
    problems: [{ row: 1, what: 'appid' }, { row: 2, what: 'openid' }, { row: 3, what: 'external_id' }, { row: 4, what: 'phone' }, { row: 5, what: 'nickname' }, { row: 6, what: 'phone' }],
  })
  const user = (await auth.users.findByExternalId('1'))!
  expect([user.profile?.nickname, await auth.users.phoneOf(user.uid)]).toEqual(['小明', '+8613800138000'])
})

it('S10: takes rows as databases export them: ids and telephone numbers as numbers, null for what is not there; one that is no row at all stops no other', async () => {
  const { auth, appid } = await openStage()
  const rows: readonly [unknown, string | null][] = [
    [{ appid, openid: 'oA', externalId: 7, phone: { countryCode: 86, number: 13_800_138_000 } }, null],
    [{ appid, openid: 'oB', externalId: 9_007_199_254_740_991, unionid: null, nickname: null, createdAt: null, phone: null }, null],
    [null, 'appid'], ['x', 'appid'], [[], 'appid'], [{ appid: [appid], openid: 'oC' }, 'appid'],
    [{ appid, openid: ['oC'] }, 'openid'], [{ appid, openid: 'oC', unionid: ['u'] }, 'unionid'], [{ appid, openid: 'oC', externalId: ['7'] }, 'external_id'], [{ appid, openid: 'oC', externalId: 1e300 }, 'external_id'],
    [{ appid, openid: 'oC', createdAt: '5' }, 'createdAt'], [{ appid, openid: 'oC', nickname: ['x'] }, 'nickname'], [{ appid, openid: 'oC', phone: 'x' }, 'phone'], [{ appid, openid: 'oC', phone: { countryCode: 86, number: 1.5 } }, 'phone'],
  ]
  const { created, problems } = await auth.users.import(rows.map(([row]) => row as ImportUser))
  expect([created, problems]).toEqual([2, rows.flatMap(([, what], row) => (what === null ? [] : [{ row, what }]))])
  const user = (await auth.users.findByExternalId('7'))!
  expect(await auth.users.phoneOf(user.uid)).toBe('+8613800138000')
  expect(await auth.users.findByExternalId('9007199254740991')).toMatchObject({ externalId: '9007199254740991', profile: null })
})

it('S10: tongxing users import names the line that is no JSON object, null and lists among them', async () => {
  const stage = await openStage()
  const [app] = stage.emulator.apps
  const env = { ...process.env, WECHAT_APPID: app!.appid, WECHAT_SECRET: app!.secret, WECHAT_BASE_URL: stage.emulator.url, WECHAT_EMULATOR: '1', TONGXING_DATA: stage.dataDir, TONGXING_LOG_LEVEL: 'error' }
  const file = path.join(stage.dataDir, 'users.jsonl')
  await Promise.all(['null', '[]', '{"appid":'].map(async (line, i) => {
    writeFileSync(`${file}${i}`, `${JSON.stringify({ appid: stage.appid, openid: `oA${i}` })}\n${line}\n`)
    await expect(run(process.execPath, [EXECUTABLE, 'users', 'import', `${file}${i}`], { env })).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/line 2 is no JSON object/) as string })
  }))
})
