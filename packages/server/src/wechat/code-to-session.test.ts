import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { isAuthError } from '../errors.js'
import type { AuthError } from '../errors.js'
import { reveal, secret } from '../secret.js'
import { createTrySecrets } from './app-secret.js'
import { codeToSession as exchange } from './code-to-session.js'
import type { WechatSession } from './code-to-session.js'
import { createLines } from './line.js'
import type { Line } from './line.js'

const app = { appid: 'wxemu0123456789abc', secret: secret('0123456789abcdef0123456789abcdef'), previousSecret: null, push: null }
const SESSION_KEY = 'tiihtNczf5v6AKRyjwEUhQ=='
const opened: (() => Promise<unknown>)[] = []
afterEach(async () => { for (const close of opened.splice(0)) await close() })

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const codeToSession = (line: Line, one: typeof app, code: string): Promise<WechatSession> => exchange({ line, trySecrets: createTrySecrets(silent) }, one, code)

function lineTo(baseURL: string, timeoutMs = 1000): Line {
  const lines = createLines({ baseURL, timeoutMs, connections: 4, queue: 0, quotaRetryMs: 1000 }, { now: () => 0, log: silent, metrics: { wechat: () => undefined } })
  opened.push(() => lines.close())
  return lines.of(app.appid)
}

/** A peer in WeChat's place that can answer what no emulator of WeChat would. */
async function peer(answer: Answer, timeoutMs = 2000): Promise<{ line: Line, requests: string[], url: string, server: Server }> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const line = lineTo(url, timeoutMs)
  opened.push(() => new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  }))
  return { line, requests, url, server }
}

const says = (body: string | Buffer, status = 200, type = 'text/plain'): Answer => (_request, response) => {
  response.writeHead(status, { 'content-type': type }).end(body)
}

async function failure(work: Promise<unknown>): Promise<AuthError> {
  const error = await work.then(() => null, (thrown: unknown) => thrown)
  if (!isAuthError(error)) throw new Error('expected an AuthError', { cause: error })
  return error
}

it('reads openid, session_key and unionid from JSON sent as text/plain without an errcode', async () => {
  const { line } = await peer(says(JSON.stringify({ openid: 'oA', session_key: SESSION_KEY, unionid: 'oU' })))
  const session = await codeToSession(line, app, 'code')
  expect([session.openid, session.unionid, reveal(session.sessionKey)]).toEqual(['oA', 'oU', SESSION_KEY])
})

it('SEC-SB-2051: takes an errcode of 0, a byte order mark and unknown members for a success', async () => {
  const { line } = await peer(says(`\uFEFF${JSON.stringify({ errcode: 0, errmsg: 'ok', openid: 'oA', session_key: SESSION_KEY, fresh: {} })}`))
  expect((await codeToSession(line, app, 'code')).unionid).toBeNull()
})

it.each([
  [-1, 'wx_unavailable', 'relogin', 503],
  [40029, 'wx_code_invalid', 'relogin', 401],
  [40163, 'wx_code_used', 'relogin', 401],
  [40226, 'wx_user_blocked', 'none', 403],
  [45009, 'wx_quota_exhausted', 'retry_later', 503],
  [45011, 'wx_rate_limited', 'retry_later', 429],
  [40013, 'wx_config_error', 'contact_admin', 502],
  [40125, 'wx_config_error', 'contact_admin', 502],
  [40164, 'wx_config_error', 'contact_admin', 502],
  [41002, 'wx_config_error', 'contact_admin', 502],
  [99999, 'wx_call_failed', 'contact_admin', 502],
])('IN-LOGIN-WECHAT: maps errcode %i to %s, also when it is written as text', async (errcode, code, action, status) => {
  for (const written of [errcode, String(errcode)]) {
    const { line } = await peer(says(JSON.stringify({ errcode: written, errmsg: 'some text, rid: 6437cc6f-48613c7c-0bdbbd0d' })))
    const error = await failure(codeToSession(line, app, 'code'))
    expect([error.code, error.action, error.status, error.wechat]).toEqual([code, action, status, { errcode, rid: '6437cc6f-48613c7c-0bdbbd0d' }])
  }
})

it.each([
  ['an empty body', ''],
  ['half a JSON', '{"openid":"oA","session_k'],
  ['HTML', '<html><body>502 Bad Gateway</body></html>'],
  ['JSON that is no object', '[1]'],
  ['null', 'null'],
  ['no openid', JSON.stringify({ session_key: SESSION_KEY })],
  ['an openid that is a number', JSON.stringify({ openid: 5, session_key: SESSION_KEY })],
  ['an empty openid', JSON.stringify({ openid: '', session_key: SESSION_KEY })],
  ['an endless openid', JSON.stringify({ openid: 'o'.repeat(5000), session_key: SESSION_KEY })],
  ['no session_key', JSON.stringify({ openid: 'oA' })],
  ['an errcode that is no number', JSON.stringify({ errcode: 'what', openid: 'oA' })],
  ['invalid UTF-8', Buffer.from([0xff, 0xfe, 0x00])],
  ['more than 64 KiB', `{"openid":"${'o'.repeat(70_000)}"}`],
])('IN-LOGIN-ANSWER, F04: answers wx_bad_response to %s, and repeats none of it', async (_name, body) => {
  const { line } = await peer(says(body))
  const error = await failure(codeToSession(line, app, 'code'))
  expect([error.code, error.action]).toEqual(['wx_bad_response', 'relogin'])
  expect(`${error.message} ${error.detail} ${String(error.cause)}`).not.toMatch(/oA|html|ooo|tiiht/)
})

it('F04: answers wx_unavailable to a 502 page', async () => {
  const { line } = await peer(says('<html>', 502, 'text/html'))
  expect(await failure(codeToSession(line, app, 'code'))).toMatchObject({ code: 'wx_unavailable', action: 'relogin' })
})

it('F01, SEC-WX-NO-TIMEOUT: answers wx_timeout when WeChat stays silent past the deadline', async () => {
  const { line } = await peer(() => undefined, 30)
  expect(await failure(codeToSession(line, app, 'code'))).toMatchObject({ code: 'wx_timeout', action: 'relogin' })
})

it('F01: answers wx_timeout when the body stops half way', async () => {
  const { line } = await peer((_request, response) => void response.writeHead(200).write('{"openid":'), 30)
  expect(await failure(codeToSession(line, app, 'code'))).toMatchObject({ code: 'wx_timeout' })
})

it('F02: says retry_later when the connection was refused: the code has certainly not left', async () => {
  const { url, server } = await peer(says('{}'))
  await new Promise((resolve) => server.close(resolve))
  expect(await failure(codeToSession(lineTo(url), app, 'code'))).toMatchObject({ code: 'wx_unavailable', action: 'retry_later', retryAfter: expect.any(Number) as number })
})

it('F03, REL-CODE-1323: never sends a code twice when the connection drops, after whichever byte it drops', async () => {
  const whole = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 70\r\n\r\n${JSON.stringify({ openid: 'oA', session_key: SESSION_KEY }).padEnd(70)}`
  for (let cut = 0; cut < whole.length; cut++) {
    const { line, requests } = await peer((request) => void request.socket.end(whole.slice(0, cut)))
    const error = await failure(codeToSession(line, app, 'code'))
    expect(error.action).toBe('relogin')
    expect(requests).toHaveLength(1)
  }
})

it('T06: sends each parameter once, whatever stands in the code', async () => {
  const { line, requests } = await peer(says('{"errcode":40029}'))
  const nasty = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'&#%?/=+\r\n\0x ') }), fc.constant('x&appid=EVIL&secret=EVIL'))
  await fc.assert(fc.asyncProperty(nasty, async (code) => {
    await failure(codeToSession(line, app, code))
    const query = new URL(requests.at(-1)!, 'http://x').searchParams
    expect([...query.keys()]).toEqual(['appid', 'secret', 'js_code', 'grant_type'])
    expect(query.get('appid')).toBe(app.appid)
    expect(query.get('js_code')).toBe(code)
  }), { numRuns: 300 })
}, 60_000)

it('F37, REL-SOCK-194: uses a fresh socket after WeChat closed the old one', async () => {
  const { line } = await peer((request, response) => {
    response.writeHead(200).end(JSON.stringify({ openid: 'oA', session_key: SESSION_KEY }), () => request.socket.destroy())
  })
  for (let i = 0; i < 5; i++) {
    await new Promise(setImmediate)
    expect((await codeToSession(line, app, 'code')).openid).toBe('oA')
  }
})

it('F37: a connection that dies in the middle of an answer, twenty times, costs each time the call that was on it, and the next one goes over a new one', async () => {
  let calls = 0
  const sockets = new Set<unknown>()
  const { line } = await peer((request, response) => {
    sockets.add(request.socket)
    response.writeHead(200)
    if (calls++ % 3 === 0) response.write('{"openid":')
    else response.end(JSON.stringify({ openid: 'oA', session_key: SESSION_KEY }))
  }, 50)
  for (let i = 0; i < 20; i++) {
    expect((await failure(codeToSession(line, app, 'code'))).code).toBe('wx_timeout')
    for (let good = 0; good < 2; good++) expect((await codeToSession(line, app, 'code')).openid).toBe('oA')
  }
  expect(sockets.size).toBeGreaterThanOrEqual(20)
})
