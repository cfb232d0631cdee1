import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MAPPING, openBackEnd } from './fixtures/back-end.js'
import type { Flaw } from './fixtures/flaws.js'
import { freePort } from './fixtures/free-port.js'
import { checkCommand } from './cli.js'
import { checkMapping } from './mapping.js'
import type { CheckReport } from './run.js'
import { SITUATIONS } from './situations/all.js'

const CLI = fileURLToPath(new URL('../dist/simulator/server/cli.js', import.meta.url))
const README = fileURLToPath(new URL('../README.md', import.meta.url))
const README_ZH = fileURLToPath(new URL('../README.zh-CN.md', import.meta.url))

interface Ended { code: number | null, out: string, err: string }

function run(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, 'check', ...args], { env: { ...process.env, NODE_ENV: 'test', LC_ALL: 'C' } })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => { out += String(chunk) })
  child.stderr.on('data', (chunk) => { err += String(chunk) })
  return new Promise((resolve) => { child.on('close', (code) => resolve({ code, out, err })) })
}

/** The same in this process, which is faster: what flags do does not need the executable. */
async function command(...args: string[]): Promise<Ended> {
  const [out, err]: [string[], string[]] = [[], []]
  const code = await checkCommand(args, { stdout: { write: (text) => out.push(text) }, stderr: { write: (text) => err.push(text) }, env: {} })
  return { code, out: out.join(''), err: err.join('') }
}

/** A back end that runs, as a user has one, and the flags that check it. */
async function openBench(flaws: readonly Flaw[] = []) {
  const folder = mkdtempSync(path.join(tmpdir(), 'check-'))
  const port = await freePort()
  const backEnd = await openBackEnd(`http://127.0.0.1:${port}`, flaws)
  onTestFinished(async () => {
    await backEnd.close()
    rmSync(folder, { recursive: true })
  })
  const mapping = path.join(folder, 'mapping.json')
  writeFileSync(mapping, JSON.stringify(MAPPING))
  return { folder, args: ['--backend', backEnd.url, '--mapping', mapping, '--port', String(port)] }
}

describe('tongxing-emulator check', { timeout: 30_000 }, () => {
  it('reports what passed and ends with 0', async () => {
    const { args } = await openBench()
    const { code, out, err } = await run(...args, '--lang', 'en', '--only', 'login-first,code-used-twice')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/✓ a first login gives a token.* {2}login-first\n✓ a code that was used .* {2}code-used-twice\n/)
    expect(out).toContain('2 passed, 0 failed, 0 not run')
  })

  it('says of each failure what was seen, why it matters and what to do, in Chinese too, and ends with 1', async () => {
    const { args, folder } = await openBench(['jwt-weak', 'cacheable'])
    const files = [path.join(folder, 'r.json'), path.join(folder, 'r.md')]
    const { code, out } = await run(...args, '--lang', 'zh', '--only', 'token-jwt-weak-secret,http-no-store', '--json', files[0]!, '--markdown', files[1]!)
    expect(code).toBe(1)
    expect(out).toMatch(/✗ 猜不到 JWT 的密钥 {2}token-jwt-weak-secret {2}严重\n +看到的是: .+\n +为什么要紧: .+\n +怎么办: .+\n +出处: RFC 8725 §3\.5\n/)
    expect(out).toContain('0 通过, 2 未通过 (1 严重, 1 提醒), 0 未运行')
    const report = JSON.parse(readFileSync(files[0]!, 'utf8')) as CheckReport
    expect(report.results.map(({ id, outcome, severity }) => [id, outcome, severity])).toEqual([['token-jwt-weak-secret', 'failed', 'critical'], ['http-no-store', 'failed', 'warning']])
    expect(readFileSync(files[1]!, 'utf8')).toMatch(/^# 登录后端检查[^]+## 猜不到 JWT 的密钥[^]+\| ✗ \| `http-no-store` \|/)
  })

  it('ends with 0 when nothing but warnings failed', async () => {
    const { args } = await openBench(['cacheable'])
    expect(await run(...args, '--only', 'http-no-store')).toMatchObject({ code: 0, out: expect.stringContaining('1 failed (1 warning)') as string })
  })

  it.each([
    [[]], [['--backend', 'localhost:80']], [['--backend', 'http://x']], [['--backend', 'http://x', '--mapping', '/nowhere.json']], [['--nonsense']],
    [['--backend', 'http://x', '--mapping', README]], [['--backend', 'http://x', '--mapping', 'x', '--only', 'nonsense']], [['--lang', 'fr']], [['--backend', 'http://x', '--mapping', 'x', '--port', '99999']],
  ])('answers %j with one line and exit code 2', async (args) => {
    const { code, out, err } = await command(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^tongxing-emulator check: [^\n]+\n$/)
  })

  it('lists its flags and its situations', async () => {
    expect((await command('--help')).out).toContain('--mapping FILE')
    expect((await command('--list', '--lang', 'en')).out.split('\n').length).toBeGreaterThan(60)
  })
})

it('runs as many situations as the READMEs say', () => {
  for (const [file, number] of [[README, /through (\d+) situations/], [README_ZH, /经历 (\d+) 种情形/]] as const) expect(number.exec(readFileSync(file, 'utf8'))?.[1]).toBe(String(SITUATIONS.length))
})

it('documents the exit codes in its help and in the READMEs', async () => {
  const { out } = await command('--help')
  const codes = [...out.slice(out.indexOf('Exit codes:')).matchAll(/(\d) {2}(\S.*)/g)].map(([, code, meaning]) => [code, meaning])
  expect(codes.map(([code]) => code)).toEqual(['0', '1', '2', '3', '4', '5'])
  const english = readFileSync(README, 'utf8')
  for (const [code, meaning = ''] of codes) expect(english).toContain(`| ${code} | ${meaning}`)
  expect(readFileSync(README_ZH, 'utf8').match(/^\| [0-5] \| /gm)).toHaveLength(6)
})

describe('a mapping', () => {
  it('is that of the README, in both languages', () => {
    const examples = [README, README_ZH].flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/```json\n([^]+?)```/g)].map(([, json = '']) => JSON.parse(json) as unknown))
    expect(examples).toHaveLength(2)
    for (const example of examples) expect(checkMapping(example)).toEqual(example)
  })

  it.each([
    [null, /must be an object/],
    [{}, /"login" must be an object.*"me" must be an object/],
    [{ ...MAPPING, logni: {} }, /"logni" is unknown/],
    [{ ...MAPPING, login: { ...MAPPING.login, body: { code: 'x' } } }, /must hold \{code\}/],
    [{ ...MAPPING, login: { ...MAPPING.login, token: 'token' } }, /"login.token" must be a JSON pointer/],
    [{ ...MAPPING, me: { path: 'me', user: '/id' } }, /"me.path" must begin with \//],
    [{ ...MAPPING, phone: { path: '/phone', body: { code: '{cdoe}' } } }, /"phone" has \{cdoe\}/],
    [{ ...MAPPING, apps: [{ appid: 'wx0123456789abcdef', secret: 'x' }] }, /a real AppID has no place here/],
    [{ ...MAPPING, authorization: { 'x-token': 'token' } }, /must hold \{token\}/],
  ])('that is wrong is told what is wrong with it: %j', (mapping, problem) => {
    expect(() => checkMapping(mapping)).toThrow(problem)
  })
})
