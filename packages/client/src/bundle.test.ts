import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'
import type * as Index from './index.js'
import type * as Messages from './messages.js'

async function bundle(name: string): Promise<{ code: string }> {
  const entry = fileURLToPath(new URL(name, import.meta.url))
  const result = await build({ entryPoints: [entry], bundle: true, minify: true, format: 'cjs', platform: 'neutral', target: 'es2017', mainFields: ['module', 'main'], write: false })
  return { code: result.outputFiles[0]?.text ?? '' }
}

describe('the bundle', () => {
  let code = ''

  beforeAll(async () => { code = (await bundle('index.ts')).code })

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

  it('76: needs no package at run time', () => {
    const { dependencies } = createRequire(import.meta.url)('../package.json') as { dependencies?: object }
    expect(dependencies).toBe(undefined)
  })

  it('78: each file stands alone in the folder that "build npm" copies, in the main package and in a subpackage, and knows the other\'s errors', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'tongxing-npm-'))
    const { code: messages } = await bundle('messages.ts')
    const copies = ['miniprogram_npm', 'shop/miniprogram_npm'].map((folder) => path.join(root, folder, '@tongxing/client'))
    for (const copy of copies) {
      await mkdir(copy, { recursive: true })
      await Promise.all([writeFile(path.join(copy, 'index.js'), code), writeFile(path.join(copy, 'messages.js'), messages)])
    }
    const load = (copy: string, file: string) => createRequire(import.meta.url)(path.join(copy, file)) as typeof Index & typeof Messages
    const [main = '', subpackage = ''] = copies
    const error = new (load(subpackage, 'index.js').AuthError)('TIMEOUT')
    expect([load(main, 'index.js').isAuthError(error), load(main, 'messages.js').explain(error).title]).toEqual([true, '等待太久，没有响应'])
    expect(error instanceof load(main, 'index.js').AuthError).toBe(false)
    await rm(root, { recursive: true })
  })
})
