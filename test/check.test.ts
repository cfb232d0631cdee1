import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { SITUATIONS, runCheck } from '@tongxing/emulator/check'
import type { CheckReport, Mapping } from '@tongxing/emulator/check'
import { createAuth, serve } from '@tongxing/server'
import { expect, it, onTestFinished } from 'vitest'

/** Our own server, as anybody would describe it. */
const MAPPING = {
  apps: [{ appid: 'wxemu0123456789abc', secret: 'a'.repeat(32) }, { appid: 'wxemu0123456789def', secret: 'b'.repeat(32) }],
  login: { path: '/v1/login', body: { appid: '{appid}', code: '{code}' }, token: '/token' },
  me: { path: '/v1/session', user: '/uid' },
  logout: { path: '/v1/logout' },
  profile: { path: '/v1/me/profile', body: { rawData: '{rawData}', signature: '{signature}', encryptedData: '{encryptedData}', iv: '{iv}' } },
  phone: { path: '/v1/me/phone', body: { code: '{code}' } },
} satisfies Mapping

async function checkOurs(): Promise<CheckReport> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-check-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const port = await freePort()
  return runCheck({
    backEnd: `http://127.0.0.1:${port}`, mapping: MAPPING, port: 0, patienceMs: 10_000,
    async onListening(wechat) {
      const auth = await createAuth({
        apps: MAPPING.apps, dataDir, wechat: { emulator: true, baseURL: wechat.url, timeoutMs: 3000 },
        log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      })
      const service = await serve(auth, { port, limits: false })
      onTestFinished(async () => {
        await service.close()
        await auth.close()
      })
    },
  })
}

async function freePort(): Promise<number> {
  const service = await import('node:net').then(({ createServer }) => createServer().listen(0, '127.0.0.1'))
  await new Promise((resolve) => service.once('listening', resolve))
  const { port } = service.address() as { port: number }
  await new Promise((resolve) => service.close(resolve))
  return port
}

it('passes every situation of the conformance run with our own server', async () => {
  const report = await checkOurs()
  expect(report.results.filter(({ outcome }) => outcome !== 'passed').map(({ id, seen, reason }) => ({ id, seen, reason }))).toEqual([])
  expect(report).toMatchObject({ ok: true, passed: SITUATIONS.length, failed: 0, notRun: 0 })
}, 120_000)
