import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from './free-port.js'

// The examples of the emulator's READMEs, taken out and run as they stand.
const ROOT = path.join(import.meta.dirname, '..')
const NODE_MODULES = path.join(ROOT, 'node_modules')
const EMULATOR = path.join(ROOT, 'packages/emulator')

const readme = (name: string): string => readFileSync(path.join(EMULATOR, name), 'utf8')

/** Blocks whose first line is a comment with a file's name: the name and the code. */
function filesOf(text: string): Map<string, string> {
  return new Map([...text.matchAll(/```js\n\/\/ (\S+\.m?js)\n([^]*?)```/g)].map(([, name = '', code = '']) => [name, code]))
}

/** What the blocks in TypeScript are about, in their order. The last takes its time: check.test.ts runs it. */
const EXAMPLES = ['simulator', 'start', 'happen', 'buttons', 'push', 'platforms'] as const

const examplesOf = (text: string): string[] => [...text.matchAll(/```ts\n([^]*?)```/g)].map(([, code = '']) => code)

/** A project with the README's files, the tutorial's mini program and what is installed here. */
function project(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'emulator-readme-'))
  onTestFinished(() => { rmSync(folder, { recursive: true }) })
  symlinkSync(NODE_MODULES, path.join(folder, 'node_modules'))
  for (const name of ['miniprogram', 'my-miniprogram']) cpSync(path.join(EMULATOR, 'runtime/fixtures/seed'), path.join(folder, name), { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{"type": "module"}')
  for (const [name, code] of filesOf(readme('README.md'))) writeFileSync(path.join(folder, name), code)
  return folder
}

// Comments are in the language of the page.
const wordless = (code: string): string => code.replaceAll(/^ *\/\/.*\n| +\/\/ .*/gm, '')

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

  it('with node --test', async () => {
    const { status, output } = await run(project(), process.execPath, ['--test', '--test-reporter', 'tap', 'login.node.test.mjs', 'page.node.test.mjs'])
    expect(output).toMatch(/^# pass 2$/m)
    expect(status).toBe(0)
  }, 120_000)

  // Not installed here: fetched by npx when the long forms are asked for.
  it('with jest', async (context) => {
    if (!process.env.LONG_TESTS) context.skip('LONG_TESTS=1 fetches jest')
    const { status, output } = await run(project(), 'npx', ['--yes', 'jest@30', '--testMatch', '**/*.jest.test.mjs', '--watchman=false'], { NODE_OPTIONS: '--experimental-vm-modules' })
    expect(output).toContain('1 passed')
    expect(status).toBe(0)
  }, 240_000)

  it('in TypeScript, each a module of its own', async () => {
    const [folder, port] = [project(), await freePort()]
    for (const [i, name] of EXAMPLES.entries()) writeFileSync(path.join(folder, `${name}.mjs`), (examplesOf(readme('README.md'))[i] ?? '').replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`))
    cpSync(path.join(import.meta.dirname, 'emulator-readme-examples.mjs'), path.join(folder, 'examples.mjs'))
    const { status, output } = await run(folder, process.execPath, ['examples.mjs', String(port)])
    expect(output).toContain('every example has run')
    expect(status).toBe(0)
  }, 120_000)

  it('and the Chinese README shows the same ones', () => {
    expect(filesOf(readme('README.zh-CN.md'))).toEqual(filesOf(readme('README.md')))
    const [english, chinese] = [readme('README.md'), readme('README.zh-CN.md')].map((text) => examplesOf(text).map(wordless))
    expect(chinese).toEqual(english)
    expect(english).toHaveLength(EXAMPLES.length + 1)
    expect([...filesOf(readme('README.md')).keys()]).toEqual(['login.js', 'login.vitest.test.js', 'login.node.test.mjs', 'login.jest.test.mjs', 'page.node.test.mjs'])
  })
})

// npx would look into the registry for what is built here.
const CLI = path.join(EMULATOR, 'dist/simulator/server/cli.js')
const locally = (line: string): string => line.replace('npx @tongxing/emulator', `exec '${process.execPath}' '${CLI}'`)

/** The n-th block for a shell. */
const shellExample = (n: number): string => [...readme('README.md').matchAll(/```sh\n([^]*?)```/g)][n]?.[1] ?? ''
/** What stands between backticks in the README and begins so. */
const phrase = (beginning: string): string => readme('README.md').split('`').find((words) => words.startsWith(beginning)) ?? `the README has no ${beginning}`

/** Starts an emulator by a line of the README, at home in `folder`; what it printed, once it listens. It ends with the test. */
function start(line: string, folder: string): Promise<string> {
  const child = spawn('sh', ['-c', locally(line)], { cwd: folder, env: { ...process.env, HOME: folder } })
  onTestFinished(() => void child.kill())
  let output = ''
  return new Promise((resolve, reject) => {
    child.on('close', () => reject(new Error(output)))
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('Ctrl-C ends it')) resolve(output)
    })
  })
}

async function shell(folder: string, script: string): Promise<string> {
  // The machine's own settings of the same kind would come first.
  const unset = 'unset CURL_CA_BUNDLE SSL_CERT_DIR SSL_CERT_FILE NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE\n'
  return (await run(folder, 'sh', ['-c', unset + locally(script)], { HOME: folder })).output
}

const canRun = (command: string, ...words: readonly string[]): boolean => spawnSync(command, words).status === 0
const portIn = (printed: string, scheme: string): string => new RegExp(`${scheme}://127\\.0\\.0\\.1:(\\d+)`).exec(printed)?.[1] ?? ''

describe('the commands of the emulator’s README do what they say', () => {
  it('a mini program’s folder on a page', async () => {
    const printed = await start(`${shellExample(0).trim()} --port 0`, project())
    expect(printed).toContain('https://api.example.com → http://localhost:8080')
    expect(await (await fetch(/http:\/\/127\.0\.0\.1:\d+\//.exec(printed)?.[0] ?? '')).text()).toContain('<div id="app">')
  }, 60_000)

  it('a code by curl, and what it is worth', async (context) => {
    if (!canRun('curl', '--version')) context.skip('no curl here')
    const folder = project()
    const [startLine = '', ...curls] = shellExample(1).trim().split('\n')
    const printed = await start(startLine.replace(' #', ' --port 0 #'), folder)
    const [login, exchange] = curls.map((line) => line.replace('127.0.0.1:7070', `127.0.0.1:${portIn(printed, 'http')}`))
    const { code } = JSON.parse(await shell(folder, login ?? '')) as { code: string }
    const secret = /secret +(\w+)/.exec(printed)?.[1] ?? ''
    expect(JSON.parse(await shell(folder, (exchange ?? '').replace('SECRET', secret).replace('CODE', code)))).toMatchObject({ openid: expect.stringMatching(/^o/) as string })
  }, 60_000)

  it('the check, by the mapping that is shown', async () => {
    const folder = project()
    const port = await freePort()
    writeFileSync(path.join(folder, 'mapping.json'), /```json\n([^]*?)```/.exec(readme('README.md'))?.[1] ?? '')
    const backEnd = await openMapped(`http://127.0.0.1:${port}`)
    const line = shellExample(2).trim().replace('http://localhost:8080', backEnd)
    expect(await shell(folder, `${line} --port ${port} --lang en --only login-first,login-two-people`)).toContain('2 passed, 0 failed, 0 not run')
  }, 60_000)

  it('trusting it, in each language that is here', async () => {
    const folder = project()
    const port = portIn(await start('npx @tongxing/emulator --port 0 --tls --tls-port 0', folder), 'https')
    const address = `https://localhost:${port}/sns/jscode2session`
    const trusted = /^\{"errcode":41002/
    expect(await shell(folder, `${phrase('NODE_EXTRA_CA_CERTS=')} '${process.execPath}' -e 'fetch("${address}").then((answer) => answer.text()).then(console.log)'`)).toMatch(trusted)
    const wechat = `https://api.weixin.qq.com:${port}/sns/jscode2session`
    if (canRun('curl', '--version')) expect(await shell(folder, `curl -s ${phrase('--cacert ')} ${phrase('--resolve ').replace(':443:', `:${port}:`)} ${wechat}`)).toMatch(trusted)
    if (canRun('python3', '-c', 'import requests')) expect(await shell(folder, `${phrase('REQUESTS_CA_BUNDLE=')} python3 -c 'import requests; print(requests.get("${address}").text)'`)).toMatch(trusted)
    if (canRun('php', '-r', 'exit(function_exists("curl_init") ? 0 : 1);')) {
      const php = `php ${phrase('-d curl.cainfo=')} -r '$c = curl_init("${address}"); curl_exec($c); echo "\\n", file_get_contents("${address}");'`
      expect((await shell(folder, `${phrase('cat /etc/ssl')}\n${php}`)).match(/\{"errcode":41002/g)).toHaveLength(2)
    }
    // The JVM takes seconds.
    if (process.env.LONG_TESTS && canRun('keytool', '-help')) {
      writeFileSync(path.join(folder, 'Ask.java'), `public class Ask { public static void main(String[] a) throws Exception { System.out.println(new String(new java.net.URL("${address}").openStream().readAllBytes())); } }`)
      expect(await shell(folder, `${phrase('keytool ')}\njava ${phrase('-Djavax.net.ssl.trustStore=')} Ask.java`)).toContain('{"errcode":41002')
    }
  }, 120_000)
})

/** A back end as the README's mapping describes it: 200 to everything, the answer in `data`. Its token is the person's openid in disguise. */
async function openMapped(wechat: string): Promise<string> {
  const answers: Record<string, (body: { code?: string }, token: string) => Promise<object> | object> = {
    async '/api/login'({ code }) {
      const query = new URLSearchParams({ appid: 'wxemu0123456789abc', secret: '7c6f5e4d3c2b1a09f8e7d6c5b4a39281', js_code: code ?? '', grant_type: 'authorization_code' })
      const { openid } = await (await fetch(`${wechat}/sns/jscode2session?${query}`)).json() as { openid?: string }
      return openid === undefined ? { code: 401 } : { code: 0, data: { token: Buffer.from(openid).toString('hex') } }
    },
    '/api/me': (_body, token) => token === '' ? { code: 401 } : { code: 0, data: { id: Buffer.from(token, 'hex').toString() } },
  }
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const answer = await answers[request.url ?? '']?.(JSON.parse(body || '{}') as object, (request.headers.authorization ?? '').replace('Bearer ', ''))
      response.end(JSON.stringify(answer ?? { code: 404 }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
