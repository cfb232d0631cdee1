import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

// The examples of the emulator's READMEs, taken out and run as they stand.
const ROOT = path.join(import.meta.dirname, '..')
const NODE_MODULES = path.join(ROOT, 'node_modules')
const EMULATOR = path.join(ROOT, 'packages/emulator')

const readme = (name: string): string => readFileSync(path.join(EMULATOR, name), 'utf8')

/** Blocks whose first line is a comment with a file's name: the name and the code. */
function filesOf(text: string): Map<string, string> {
  return new Map([...text.matchAll(/```js\n\/\/ (\S+\.m?js)\n([^]*?)```/g)].map(([, name = '', code = '']) => [name, code]))
}

/** A project with the README's files, the tutorial's mini program and what is installed here. */
function project(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'emulator-readme-'))
  onTestFinished(() => { rmSync(folder, { recursive: true }) })
  symlinkSync(NODE_MODULES, path.join(folder, 'node_modules'))
  cpSync(path.join(EMULATOR, 'runtime/fixtures/seed'), path.join(folder, 'miniprogram'), { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{"type": "module"}')
  for (const [name, code] of filesOf(readme('README.md'))) writeFileSync(path.join(folder, name), code)
  return folder
}

function run(folder: string, command: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ status: number | null, output: string }> {
  // A test runner inside another takes its variables for its own.
  const own = /^(NODE_OPTIONS|NODE_ENV|NODE_TEST_CONTEXT|VITEST.*)$/
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd: folder, env: { ...inherited, NO_COLOR: '1', ...env } })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString() })
    child.on('error', reject).on('close', (status) => resolve({ status, output }))
  })
}

describe('the examples of the emulator’s README run as they stand', () => {
  it('with vitest', async () => {
    const { status, output } = await run(project(), process.execPath, [path.join(NODE_MODULES, 'vitest/vitest.mjs'), 'run', 'login.vitest.test.js'])
    expect(output).toContain('1 passed')
    expect(status).toBe(0)
  }, 120_000)

  it.each(['login.node.test.mjs', 'page.node.test.mjs'])('with node --test: %s', async (name) => {
    const { status, output } = await run(project(), process.execPath, ['--test', '--test-reporter', 'tap', name])
    expect(output).toMatch(/^# pass 1$/m)
    expect(status).toBe(0)
  }, 120_000)

  // Not installed here: fetched by npx when the long forms are asked for.
  it('with jest', async (context) => {
    if (!process.env.LONG_TESTS) context.skip('LONG_TESTS=1 fetches jest')
    const { status, output } = await run(project(), 'npx', ['--yes', 'jest@30', '--testMatch', '**/*.jest.test.mjs', '--watchman=false'], { NODE_OPTIONS: '--experimental-vm-modules' })
    expect(output).toContain('1 passed')
    expect(status).toBe(0)
  }, 240_000)

  it('from the first lines: a phone logs in, and the code is good', async () => {
    const folder = project()
    const [, code = ''] = /## Start from code\n\n```ts\n([^]*?)```/.exec(readme('README.md')) ?? []
    expect(code).toContain('wx.login()')
    writeFileSync(path.join(folder, 'start.mjs'), code.replace('await emulator.close()', 'console.log(code.length)\nawait emulator.close()'))
    expect(await run(folder, process.execPath, ['start.mjs'])).toEqual({ status: 0, output: '32\n' })
  }, 120_000)

  it('and the Chinese README shows the same ones', () => {
    expect(filesOf(readme('README.zh-CN.md'))).toEqual(filesOf(readme('README.md')))
    expect([...filesOf(readme('README.md')).keys()]).toEqual(['login.js', 'login.vitest.test.js', 'login.node.test.mjs', 'login.jest.test.mjs', 'page.node.test.mjs'])
  })
})
