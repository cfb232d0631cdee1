import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'

describe('the bundle', () => {
  let code = ''

  beforeAll(async () => {
    const entry = fileURLToPath(new URL('index.ts', import.meta.url))
    const result = await build({ entryPoints: [entry], bundle: true, minify: true, format: 'cjs', platform: 'neutral', target: 'es2017', mainFields: ['module', 'main'], write: false })
    code = result.outputFiles[0]?.text ?? ''
  })

  it.each(['regeneratorRuntime', 'process', 'Buffer', 'crypto', 'window', 'eval', 'globalThis', 'structuredClone', 'URLSearchParams', 'fetch'])('77: does not name %s', (name) => {
    expect(code).not.toMatch(new RegExp(`\\b${name}\\b`))
  })

  it('W6: calls nothing that a phone may lack', () => {
    expect(code).not.toMatch(/\.(finally|fromEntries|flat|flatMap|matchAll|replaceAll|allSettled|at)\(/)
    expect(code).not.toMatch(/\?\.[a-z]|\?\?|catch\{|import\(|\{\.\.\.|\brequire\(/)
  })

  it('holds no text of the protocol\'s error table', () => {
    expect(code).not.toMatch(/wx_code_used|登录|未配置/)
  })

  it('42: loads where there is nothing at all, and touches no wx until it is used', () => {
    const module = { exports: {} as { createClient: (options: object) => { session: unknown } } }
    const traps: string[] = []
    const wx = new Proxy({}, { get: (_target, name) => { traps.push(String(name)) } })
    runInNewContext(code, { module, exports: module.exports, wx })
    const client = module.exports.createClient({ baseURL: 'https://api.example.com' })
    expect(traps).toEqual([])
    expect(client.session).toBe(null)
    expect(traps).not.toEqual([])
    expect(Object.keys(module.exports).sort()).toEqual(['AuthError', 'createClient', 'isAuthError'])
  })

  it('needs no package at run time', () => {
    const { dependencies } = createRequire(import.meta.url)('../package.json') as { dependencies?: object }
    expect(dependencies).toBe(undefined)
  })
})
