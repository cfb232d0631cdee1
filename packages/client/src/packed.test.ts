import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { ERRORS } from '@tongxing/protocol'
import { parse } from 'acorn'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUDGET } from '../../../scripts/client-core.mjs'
import type * as Index from './index.js'
import type * as Messages from './messages.js'

/** What runs on a phone: as "build npm" copies it, and as Taro's and uni-app's bundlers take it. */
const FOR_PHONES = ['miniprogram_dist/index.js', 'miniprogram_dist/messages.js', 'dist/cjs/index.js', 'dist/cjs/messages.js', 'dist/index.js', 'dist/messages.js']
const BINDINGS = ['dist/react.js', 'dist/vue.js']

interface Manifest {
  readonly miniprogram: string
  readonly main: string
  readonly module: string
  readonly types: string
  readonly exports: object
  readonly dependencies?: object
  readonly optionalDependencies?: object
  readonly scripts?: object
  readonly peerDependencies: object
  readonly peerDependenciesMeta: Readonly<Record<string, { optional: boolean }>>
}

// Not dist/ and miniprogram_dist/ as they lie here, but what `npm pack` makes of them, installed.
describe('the package as npm ships it', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'tongxing-packed-'))
  const installed = path.join(root, 'node_modules/@tongxing/client')
  const read = (file: string) => readFileSync(path.join(installed, file), 'utf8')
  let manifest: Manifest

  beforeAll(() => {
    const folder = fileURLToPath(new URL('..', import.meta.url))
    const [packed] = JSON.parse(execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', root], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as [{ filename: string }]
    mkdirSync(installed, { recursive: true })
    execFileSync('tar', ['-xzf', path.join(root, packed.filename), '-C', installed, '--strip-components=1'])
    manifest = JSON.parse(read('package.json')) as Manifest
  })
  afterAll(() => rmSync(root, { recursive: true }))

  /** By CommonJS, from a program beside it. */
  const load = (file: string) => createRequire(path.join(root, 'app.js'))(file) as typeof Index & typeof Messages

  it('holds every file that its manifest names, the licence and the README, and no test', () => {
    const named = [...JSON.stringify([manifest.exports, manifest.main, manifest.module, manifest.types]).matchAll(/"\.\/([^"]*\.\w+)"/g)].map(([, file = '']) => file)
    expect(named.length).toBeGreaterThan(10)
    expect([...named, 'LICENSE', 'README.md', 'README.zh-CN.md', `${manifest.miniprogram}/index.js`].filter((file) => !existsSync(path.join(installed, file)))).toEqual([])
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    expect(files.filter((file) => /\.test\.|tsbuildinfo|\.map$|(?<!\.d)\.ts$/.test(file))).toEqual([])
    expect(files.filter((file) => file.endsWith('.js')).sort()).toEqual([...FOR_PHONES, ...BINDINGS].sort())
  })

  it.each([...FOR_PHONES, ...BINDINGS])('W6: %s is ES2017', (file) => {
    const sourceType = file.startsWith('dist/') && !file.includes('cjs') ? 'module' : 'script'
    expect(() => parse(read(file), { ecmaVersion: 2017, sourceType })).not.toThrow()
  })

  it.each(FOR_PHONES)('77: %s names nothing that a mini program lacks', (file) => {
    const named = read(file).match(/\b(regeneratorRuntime|process|Buffer|crypto|window|document|eval|globalThis|structuredClone|URLSearchParams|URL|TextDecoder|fetch|XMLHttpRequest|require|import|Function)\b/g)
    expect(named).toBe(null)
  })

  it.each(FOR_PHONES)('W6: %s calls nothing that a phone may lack', (file) => {
    expect(read(file)).not.toMatch(/\.(finally|fromEntries|flat|flatMap|matchAll|replaceAll|allSettled|at|padStart|trimEnd)\(/)
  })

  it.each(FOR_PHONES)('%s holds no text of the protocol\'s error table', (file) => {
    const code = read(file)
    const texts = Object.values(ERRORS).flatMap(({ zh, en }) => [zh, en])
    expect(texts.filter((text) => [text, escaped(text), JSON.stringify(text).slice(1, -1)].some((form) => code.includes(form)))).toEqual([])
    // The two that `sensitive` knows apart; behaviour depends on `action` alone.
    expect(Object.keys(ERRORS).filter((name) => new RegExp(`\\b${name}\\b`).test(code) && name.includes('_'))).toEqual(file.endsWith('index.js') ? ['encrypted_data_invalid', 'session_key_stale'] : [])
  })

  it.each(['miniprogram_dist/index.js', 'dist/cjs/index.js'])('42: %s loads where there is nothing at all, and touches no wx until it is used', (file) => {
    const module = { exports: {} as { createClient: (options: object) => { session: unknown } } }
    const traps: string[] = []
    const wx = new Proxy({}, { get: (_target, name) => { traps.push(String(name)) } })
    runInNewContext(read(file), { module, exports: module.exports, wx })
    const client = module.exports.createClient({ baseURL: 'https://api.example.com' })
    expect(traps).toEqual([])
    expect(client.session).toBe(null)
    expect(traps).not.toEqual([])
    expect(Object.keys(module.exports).sort()).toEqual(['AuthError', 'createClient', 'isAuthError'])
  })

  it('76: needs no package at run time, runs nothing as it is installed, and keeps its budget', () => {
    const { dependencies, optionalDependencies, scripts, peerDependencies, peerDependenciesMeta } = manifest
    expect([dependencies, optionalDependencies, scripts]).toEqual([undefined, undefined, undefined])
    expect(Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)).toEqual([])
    expect(gzipSync(read('miniprogram_dist/index.js'), { level: 9 }).length).toBeLessThanOrEqual(BUDGET.all)
  })

  it('78: loads through CommonJS and as modules, by its name and its sub-path', async () => {
    const { exports: { '.': { import: main }, './messages': { import: sub } } } = manifest as unknown as { exports: Record<'.' | './messages', { import: { default: string } }> }
    const importFrom = (file: string) => import(pathToFileURL(path.join(installed, file)).href) as Promise<typeof Index & typeof Messages>
    const [index, messages] = [await importFrom(main.default), await importFrom(sub.default)]
    for (const { createClient, AuthError, isAuthError } of [load('@tongxing/client'), index]) {
      expect(createClient({ baseURL: 'https://api.example.com' }).session).toBe(null)
      expect(isAuthError(new AuthError('TIMEOUT'))).toBe(true)
    }
    const error = new index.AuthError('TIMEOUT')
    expect([load('@tongxing/client/messages').explain(error).title, messages.explain(error, 'en').title]).toEqual(['等待太久，没有响应', 'There was no answer in time'])
  })

  it('78: each file stands alone in the folder that "build npm" copies, in the main package and in a subpackage, and knows the other\'s errors', () => {
    const copies = ['miniprogram_npm', 'shop/miniprogram_npm'].map((folder) => path.join(root, folder, '@tongxing/client'))
    for (const copy of copies) cpSync(path.join(installed, manifest.miniprogram), copy, { recursive: true })
    const [main = '', subpackage = ''] = copies
    const error = new (load(path.join(subpackage, 'index.js')).AuthError)('TIMEOUT')
    expect([load(path.join(main, 'index.js')).isAuthError(error), load(path.join(main, 'messages.js')).explain(error).title]).toEqual([true, '等待太久，没有响应'])
    expect(error instanceof load(path.join(main, 'index.js')).AuthError).toBe(false)
  })
})

/** Chinese as esbuild writes it. */
function escaped(text: string): string {
  return text.replaceAll(/[\u0080-\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
