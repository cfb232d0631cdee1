import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as requestHttp } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { createEmulator } from '#emulator'
import { APPS, MAPPING, openBackEnd } from './fixtures/back-end.js'
import type { Flaw } from './fixtures/flaws.js'
import { freePort } from './fixtures/free-port.js'
import { checkCommand } from './cli.js'
import type { Mapping } from './mapping.js'
import { whyNotReached } from './obstacle.js'
import { runCheck } from './run.js'
import type { CheckReport } from './run.js'

const { login, me } = MAPPING
const CLI = fileURLToPath(new URL('../dist/simulator/server/cli.js', import.meta.url))
const FOLDER = mkdtempSync(path.join(tmpdir(), 'obstacles-'))

/** `check`, told in English, and what it is left with: its last line and the exit code. */
async function check(flags: readonly string[], mapping: unknown = MAPPING): Promise<{ code: number, last: string, out: string, err: string }> {
  const [out, err]: [string[], string[]] = [[], []]
  const file = path.join(FOLDER, 'mapping.json')
  writeFileSync(file, typeof mapping === 'string' ? mapping : JSON.stringify(mapping))
  const code = await checkCommand(['--mapping', file, '--lang', 'en', ...flags], { stdout: { write: (text) => out.push(text) }, stderr: { write: (text) => err.push(text) }, env: {} })
  return { code, out: out.join(''), err: err.join(''), last: out.join('').trimEnd().split('\n').at(-1) ?? '' }
}

/** The same, of a back end that runs already and asks WeChat where `check` listens. */
async function checkRunning(mapping: Mapping, flaws: readonly Flaw[] = [], flags: readonly string[] = []) {
  const port = await freePort()
  const backEnd = await openBackEnd(`http://127.0.0.1:${port}`, flaws)
  onTestFinished(() => backEnd.close())
  return check(['--backend', backEnd.url, '--port', String(port), ...flags], mapping)
}

/** A server that answers everything alike. */
async function openAnswering(status: number, headers: Record<string, string>, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status, headers).end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function report(flaws: readonly Flaw[], mapping: Mapping, only: readonly string[]): Promise<CheckReport> {
  const port = await freePort()
  return runCheck({
    backEnd: `http://127.0.0.1:${port}`, mapping, port: 0, only,
    async onListening({ url }) {
      const backEnd = await openBackEnd(url, flaws, port)
      onTestFinished(() => backEnd.close())
    },
  })
}

describe('a back end that is not reached', () => {
  it('is one sentence with what to do, and exit code 3', async () => {
    const { code, last, out } = await check(['--backend', `http://127.0.0.1:${await freePort()}`, '--port', '0'])
    expect([code, last]).toEqual([3, expect.stringMatching(/^The check was not carried out: the back end http:\S+ was not reached: nothing listens there\. Start the back end first.*\(ECONNREFUSED\)$/)])
    expect(out).toMatch(/– \d+ situations .* not run: the back end was not reached\n/)
    expect(out).not.toMatch(/✗|✓/)
  })

  it('is told by its name, and in Chinese', async () => {
    const { code, last } = await check(['--backend', 'http://no-such-host.invalid', '--port', '0', '--lang', 'zh'])
    expect([code, last]).toEqual([3, expect.stringContaining('检查没有做: 没有连上后端 http://no-such-host.invalid：这台机器不认识主机名 no-such-host.invalid')])
  })

  it('is told apart when it speaks http and was addressed by https, or the other way round', async () => {
    const [plain, secure] = [await openAnswering(200, {}, ''), await openSecure()]
    expect(await check(['--backend', plain.replace('http:', 'https:'), '--port', '0'])).toMatchObject({ code: 3, last: expect.stringContaining(`it speaks no TLS there. If that is http, use --backend ${plain}`) as string })
    expect(await check(['--backend', secure.url.replace('https:', 'http:'), '--port', '0'])).toMatchObject({ code: 3, last: expect.stringContaining(`If that is https, use --backend ${secure.url}`) as string })
  })
})

/** An https server below whose /shop the back end lives, with a certificate of an authority that nobody knows. */
async function openSecure(backEnd = ''): Promise<{ url: string, ca: string }> {
  const emulator = await createEmulator({ tls: true })
  onTestFinished(() => emulator.close())
  emulator.mount('/shop', {
    request(incoming, response) {
      const { url = '', method, headers } = incoming
      const onward = requestHttp(backEnd + url.slice('/shop'.length), { method, headers, agent: false }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      incoming.pipe(onward)
    },
  })
  const ca = path.join(FOLDER, 'ca.pem')
  writeFileSync(ca, emulator.tls?.ca ?? '')
  return { url: emulator.tls?.url ?? '', ca }
}

describe('a back end that speaks https with an authority of its own', () => {
  async function checkSecure(...flags: readonly string[]) {
    const port = await freePort()
    const backEnd = await openBackEnd(`http://127.0.0.1:${port}`)
    onTestFinished(() => backEnd.close())
    const { url, ca } = await openSecure(backEnd.url)
    return check(['--backend', `${url}/shop`, '--port', String(port), '--only', 'login-first,token-none', ...flags.map((flag) => flag === 'CA' ? ca : flag)])
  }

  it('is not reached, and told to be named with --ca', async () => {
    expect(await checkSecure()).toMatchObject({ code: 3, last: expect.stringMatching(/signed by an authority that is not known here\. Name that authority’s certificate \(PEM\) with --ca FILE/) as string })
  })

  it('is checked with --ca', async () => {
    expect(await checkSecure('--ca', 'CA')).toMatchObject({ code: 0, out: expect.stringContaining('2 passed, 0 failed, 0 not run') as string })
  })

  it('is not reached with the certificate of somebody else', async () => {
    const other = await createEmulator({ tls: true })
    await other.close()
    const file = path.join(FOLDER, 'other.pem')
    writeFileSync(file, other.tls?.ca ?? '')
    expect(await checkSecure('--ca', file)).toMatchObject({ code: 3, last: expect.stringContaining('not signed by the authority of --ca') as string })
  })

  it('is told the names that its certificate is for', () => {
    const detail = 'Hostname/IP does not match certificate\'s altnames: Host: shop.test. is not in the cert\'s altnames: DNS:localhost'
    expect(whyNotReached('https://shop.test', { lost: 'ERR_TLS_CERT_ALTNAME_INVALID', detail }, true).en).toBe(`the back end https://shop.test was not reached: its certificate is not for shop.test (${detail}). Use a name of the certificate in --backend (ERR_TLS_CERT_ALTNAME_INVALID)`)
  })
})

describe('a mapping or a setting that does not fit is one sentence with what to change, and exit code 4:', () => {
  it.each<[string, Mapping, RegExp]>([
    ['a wrong place of the token', { ...MAPPING, login: { ...login, token: '/data/token' } }, /POST \/login → 200 .*; the answer has no text or number at "\/data\/token"; there are \/token\. Correct login\.token of the mapping$/],
    ['a header that does not come', { ...MAPPING, login: { ...login, token: 'header:x-token' } }, /the answer has no header x-token; it has .*content-type.*\. Correct login\.token/],
    ['a wrong place of the user', { ...MAPPING, me: { ...me, user: '/data/id' } }, /GET \/me → 200 .*; the answer has no text or number at "\/data\/id"; there are \/uid.*\. Correct me\.user/],
    ['a wrong path of the protected route', { ...MAPPING, me: { ...me, path: '/nowhere' } }, /GET \/nowhere → 405 .*; \/nowhere of the back end takes no GET: correct me\.method of the mapping/],
    ['a token that is sent elsewhere', { ...MAPPING, authorization: { 'x-token': '{token}' } }, /GET \/me → 401 .*does not accept the token that it has just given\. It was sent as "x-token: \{token\}"/],
    ['a field with another name', { ...MAPPING, login: { ...login, body: { appid: '{appid}', js_code: '{code}' } } }, /POST \/login → 400 .*If it is, check login\.body \(names of the fields\)/],
    ['a success that never comes', { ...MAPPING, success: { at: '/code', equals: 0 } }, /by "success" of the mapping \(\/code = 0\) that is a refusal/],
    ['another AppSecret', { ...MAPPING, apps: [{ ...APPS[0], secret: '0'.repeat(32) }] }, /WeChat was sent another secret than the mapping’s/],
    ['another AppID', { ...MAPPING, apps: [{ ...APPS[0], appid: 'wxemu0000000000000' }], login: { ...login, body: { appid: APPS[0].appid, code: '{code}' } } }, /WeChat was asked for the appid wxemu0123456789abc, not wxemu0000000000000/],
  ])('%s', async (_name, mapping, sentence) => {
    const { code, last, out } = await checkRunning(mapping)
    expect([code, last]).toEqual([4, expect.stringMatching(sentence)])
    expect(out.match(/✗/g)).toHaveLength(1)
    expect(out).toMatch(/– \d+ situations {2}login-again … leak-wechat-words {2}not run: not even an ordinary login succeeded/)
  })

  it.each<[number, Record<string, string>, string, RegExp]>([
    [404, {}, 'Not Found', /→ 404 Not Found; the back end does not know \/login: correct login\.path/],
    [405, { allow: 'PUT' }, '', /→ 405; \/login of the back end takes no POST, but PUT: correct login\.method/],
    [200, { 'content-type': 'text/html' }, '<!doctype html>', /that is a web page and no API: correct login\.path/],
    [301, { location: 'https://shop.test/login' }, '', /it was sent on to https:\/\/shop\.test\/login: put that address into --backend/],
    [500, {}, '{}', /the back end has not called http:\S+\/sns\/jscode2session: set its WeChat address/],
    [200, {}, '{"token":"0123456789"}', /it gave a token and has not asked WeChat\. If it mocks logins, switch that off/],
  ])('a login route that answers %i with %j %s', async (status, headers, body, sentence) => {
    const { code, last } = await check(['--backend', await openAnswering(status, headers, body), '--port', '0'])
    expect([code, last]).toEqual([4, expect.stringMatching(sentence)])
  })
})

describe('one cause is told once:', () => {
  it('rate limits end the run, with what to switch off and exit code 5', async () => {
    const { code, last, out } = await checkRunning(MAPPING, ['limits-logins'], ['--only', 'login-first,login-again,token-none,token-empty'])
    expect([code, last]).toEqual([5, expect.stringMatching(/^The check ended early: POST \/login → 429 .*Switch the limits of the login off for this run \(Tongxing’s server: limits: false, or TONGXING_LIMITS=0\)/)])
    expect(out).toContain('2 situations  token-none … token-empty  not run: the back end’s rate limits are on')
    expect(out).not.toContain('✗')
  })

  it('what failed before rate limits ended the run is counted', async () => {
    const { code, out } = await checkRunning(MAPPING, ['limits-logins', 'ignores-errcode', 'no-shape-check'], ['--only', 'code-invented,data-uniform'])
    expect(code).toBe(5)
    expect(out).toMatch(/\n0 passed, 1 failed \(1 critical\), 1 not run\nThe check ended early: POST \/login → 429 /)
  })

  it('after what a back end did not survive nothing else is called failed', async () => {
    const { results, ok } = await report(['dies-of-bad-body'], MAPPING, ['http-bad-json', 'http-not-object', 'http-cors'])
    expect(results.map(({ id, outcome, severity }) => [id, outcome, severity])).toEqual([['http-bad-json', 'failed', 'critical'], ['http-not-object', 'not_run', 'warning'], ['http-cors', 'not_run', 'error']])
    expect(results[1]?.reason).toMatchObject({ zh: expect.stringMatching(/^http-bad-json 之后没有人能登录：/) as string, en: expect.stringMatching(/^since http-bad-json nobody can log in: POST \/login → 503/) as string })
    expect(ok).toBe(false)
  })

  it('a back end that comes to itself is checked on', async () => {
    const { results } = await report(['faints-at-bad-body'], MAPPING, ['http-bad-json', 'http-cors'])
    expect(results.map(({ outcome, seen }) => [outcome, seen?.en])).toEqual([['failed', expect.stringContaining('afterwards nobody can log in')], ['passed', undefined]])
  })

  it('a route that refuses the honest proves nothing by refusing the others', async () => {
    const astray: Mapping = { ...MAPPING, phone: { path: '/nowhere', body: { code: '{code}' } }, logout: { path: '/nowhere' } }
    const { results } = await report([], astray, ['logout-ends', 'logout-twice', 'phone-honest', 'phone-invented', 'profile-honest', 'profile-signature', 'leak-access-token'])
    expect(results.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(['logout-ends failed', 'logout-twice not_run', 'profile-honest passed', 'profile-signature passed', 'phone-honest failed', 'phone-invented not_run', 'leak-access-token not_run'])
    expect(results[0]?.seen?.en).toMatch(/^an honest request was not accepted \(check "logout" of the mapping, too\): POST \/nowhere → 405/)
    expect(results.find(({ id }) => id === 'phone-invented')?.reason?.en).toBe('repair phone-honest first: while honest requests fail, refusals prove nothing')
  })

  it('data that are accepted fail where they are looked for, and not in every situation that sends some', async () => {
    const { results } = await report(['no-watermark', 'no-age'], MAPPING, ['data-other-app', 'data-old', 'data-no-break', 'data-uniform'])
    expect(results.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(['data-other-app failed', 'data-old failed', 'data-no-break passed', 'data-uniform passed'])
  })

  it('situations with one repair are one line of the sum', async () => {
    const { out } = await checkRunning(MAPPING, ['ignores-errcode', 'no-shape-check', 'cacheable'], ['--only', 'http-no-store,code-invented,code-phone'])
    expect(out).toMatch(/\nWhat to repair, the gravest first\n {2}1\. give every code to WeChat.*\n {5}critical: code-invented, code-phone\n {2}2\. send Cache-Control: no-store.*\n {5}warning: http-no-store\n/)
  })
})

describe('what stands in a failed situation', () => {
  it('is in one line, and nothing in it that a terminal would obey', async () => {
    const { last } = await check(['--backend', await openAnswering(500, {}, 'one\r\n\u001b[2Jtwo'), '--port', '0', '--lang', 'zh'])
    expect(last).toMatch(/^检查没有做: POST \/login → 500 one \[2Jtwo；后端没有调用 /)
  })

  it('is the code that got somebody in, and what WeChat had said', async () => {
    const { results } = await report(['ignores-errcode', 'no-shape-check'], MAPPING, ['code-not-text', 'wechat-40163'])
    expect(results.map(({ seen }) => seen?.en)).toEqual([expect.stringMatching(/^with the code 0: POST \/login → 200 /), expect.stringMatching(/^WeChat’s answer was \{"errcode":40163.*, then: POST \/login → 200 /)])
    expect(results[0]?.seen?.zh).toMatch(/^code 为 0：POST \/login → 200 /)
  })

  it('is an answer that names nobody, which is no second user', async () => {
    const { results } = await report(['me-overloaded'], MAPPING, ['login-race-new-user'])
    expect(results[0]?.seen?.en).toMatch(/^GET \/me → 503 /)
  })

  it('is the place where a session_key stands, also inside of a token', async () => {
    const { results } = await report(['session-key-in-answer'], MAPPING, ['leak-session-key'])
    expect(results[0]?.seen?.en).toMatch(/^POST \/login → 200, decoded from base64 .*"sessionKeys":\["[\w+/]{22}==/)
  })
})

describe('a back end that answers 200 to everything', () => {
  const statuses = ['login-first', 'code-used-twice', 'code-refusal-status', 'logout-ends', 'logout-twice', 'data-no-break', 'data-uniform', 'data-budget', 'phone-bad-code', 'http-bad-json', 'http-huge-body', 'http-wrong-method']
  const mapping: Mapping = { ...MAPPING, success: { at: '/code', equals: 0 } }

  it('passes by what stands in the body', async () => {
    const { results } = await report(['answers-200'], mapping, statuses)
    expect(results.filter(({ outcome }) => outcome !== 'passed').map(({ id, seen }) => [id, seen?.en])).toEqual([])
    expect(results).toHaveLength(statuses.length)
  })

  it('fails by it, too', async () => {
    const { results } = await report(['answers-200', 'no-budget', 'replays-codes', 'no-body-limit', 'no-shape-check', 'ignores-errcode'], mapping, ['code-used-twice', 'data-budget', 'http-huge-body'])
    expect(results.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(['code-used-twice failed', 'data-budget failed', 'http-huge-body failed'])
  })
})

describe('a file that cannot be used is one line on stderr and exit code 2:', () => {
  it.each<[string, readonly string[], unknown, RegExp]>([
    ['a mapping that is no JSON', [], '{"login": {},}', /mapping\.json is no JSON \(no comments, no comma after the last member\): /],
    ['a CA file that is not there', ['--ca', '/nowhere.pem'], MAPPING, /--ca: there is no file \/nowhere\.pem/],
    ['a CA file that is no certificate', ['--ca', import.meta.filename], MAPPING, /obstacles\.test\.ts is no certificate in PEM/],
    ['a report into a folder that is not there', ['--json', '/nowhere/r.json'], MAPPING, /there is no folder \/nowhere to write/],
  ])('%s', async (_name, flags, mapping, sentence) => {
    const { code, err, out } = await check(['--backend', 'http://127.0.0.1:1', ...flags], mapping)
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(sentence)])
    expect(err).toMatch(/^[^\n]+\n$/)
  })

  it('a mapping that is not there', async () => {
    expect(await check(['--backend', 'http://127.0.0.1:1', '--mapping', '/nowhere.json'])).toMatchObject({ code: 2, err: expect.stringContaining('mapping: there is no file /nowhere.json') as string })
  })

  it('a mapping with a byte order mark is read', async () => {
    expect(await checkRunning(`\uFEFF${JSON.stringify(MAPPING)}` as unknown as Mapping, [], ['--only', 'login-first'])).toMatchObject({ code: 0 })
  })

  it('a port that is taken ends the command, which leaves nothing behind that listens', async () => {
    const taken = new URL(await openAnswering(200, {}, '')).port
    const { code, err } = await runExecutable('--backend', 'http://127.0.0.1:1', '--port', taken)
    expect([code, err]).toEqual([2, expect.stringContaining(`port ${taken} is taken, perhaps by an emulator that runs already`)])
  })
})

/** As a process: it must end by itself. */
function runExecutable(...flags: readonly string[]): Promise<{ code: number | null, err: string }> {
  const file = path.join(FOLDER, 'mapping.json')
  writeFileSync(file, JSON.stringify(MAPPING))
  const child = spawn(process.execPath, [CLI, 'check', '--mapping', file, ...flags], { timeout: 20_000 })
  let err = ''
  child.stderr.on('data', (chunk) => { err += String(chunk) })
  return new Promise((resolve) => { child.on('close', (code) => resolve({ code, err })) })
}

afterAll(() => rmSync(FOLDER, { recursive: true }))
