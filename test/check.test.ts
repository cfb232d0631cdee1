import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { SITUATIONS } from '@tongxing/emulator/check'
import type { CheckReport, Mapping } from '@tongxing/emulator/check'
import { createAuth, serve } from '@tongxing/server'
import { expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from './free-port.js'

/** Our own server, as anybody would describe it. */
const MAPPING = {
  apps: [{ appid: 'wxemu0123456789abc', secret: 'a'.repeat(32) }, { appid: 'wxemu0123456789def', secret: 'b'.repeat(32) }],
  login: { path: '/v1/login', body: { appid: '{appid}', code: '{code}' }, token: '/token' },
  me: { path: '/v1/session', user: '/uid' },
  logout: { path: '/v1/logout' },
  profile: { path: '/v1/me/profile', body: { rawData: '{rawData}', signature: '{signature}', encryptedData: '{encryptedData}', iv: '{iv}' } },
  phone: { path: '/v1/me/phone', body: { code: '{code}' } },
} satisfies Mapping

const README = path.join(import.meta.dirname, '../packages/emulator/README.md')

/** The lines of the emulator's README, as a module: `mapping`, `startMyBackEnd` and `assert` are what they find outside. */
async function checkOurs(): Promise<CheckReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tongxing-check-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  const [code = ''] = /import \{ runCheck \}[^]*?(?=```)/.exec(readFileSync(README, 'utf8')) ?? []
  const file = path.join(folder, 'check.mjs')
  symlinkSync(path.join(import.meta.dirname, '../node_modules'), path.join(folder, 'node_modules'))
  writeFileSync(file, `${code.replace('127.0.0.1:8080', `127.0.0.1:${port}`)}\nexport { report }\n`)
  vi.stubGlobal('mapping', MAPPING)
  vi.stubGlobal('startMyBackEnd', (wechat: string) => startOurs(wechat, port, path.join(folder, 'data')))
  // What did not hold is told in full by the test.
  vi.stubGlobal('assert', () => undefined)
  onTestFinished(() => void vi.unstubAllGlobals())
  return (await import(file) as { report: CheckReport }).report
}

async function startOurs(wechat: string, port: number, dataDir: string): Promise<void> {
  const auth = await createAuth({
    apps: MAPPING.apps, dataDir, wechat: { emulator: true, baseURL: wechat, timeoutMs: 3000 },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  })
  const service = await serve(auth, { port, limits: false, idleGraceMs: 0 })
  onTestFinished(async () => {
    await service.close()
    await auth.close()
  })
}

it('passes every situation of the conformance run with our own server', async () => {
  const report = await checkOurs()
  expect(report.results.filter(({ outcome }) => outcome !== 'passed').map(({ id, seen, reason }) => ({ id, seen, reason }))).toEqual([])
  expect(report).toMatchObject({ ok: true, passed: SITUATIONS.length, failed: 0, notRun: 0 })
}, 120_000)
