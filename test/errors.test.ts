import { connect } from 'node:net'
import { ERRORS } from '@tongxing/protocol'
import type { ErrorCode } from '@tongxing/protocol'
import { expect, it } from 'vitest'
import { openStage } from './stage.js'
import type { Reply } from './stage.js'

/** Every error answer is a problem document of the table, whatever was asked. */
function expectProblem({ status, headers, json }: Pick<Reply, 'status' | 'json'> & { headers: Headers }, code: ErrorCode): void {
  expect(json).toMatchObject({ type: `urn:tongxing:error:${code}`, code, status: ERRORS[code].status })
  expect(status).toBe(ERRORS[code].status)
  expect(['zh', 'en'].map((language) => ERRORS[code][language as 'zh' | 'en'])).toContain(json.title)
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
}

const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

it.each<[string, ErrorCode, string, string, { body?: string, headers?: Record<string, string> }]>([
  ['an unknown path', 'not_found', 'GET', '/nothing', {}],
  ['a path with a slash too many', 'not_found', 'GET', '/v1/me/', {}],
  ['PATCH, which wx.request has not', 'method_not_allowed', 'PATCH', '/v1/me', { body: '{}' }],
  ['DELETE of a session check', 'method_not_allowed', 'DELETE', '/v1/session', {}],
  ['an empty body', 'bad_json', 'POST', '/v1/login', { body: '' }],
  ['half a JSON', 'bad_json', 'POST', '/v1/login', { body: '{"appid":' }],
  ['a byte order mark', 'bad_json', 'POST', '/v1/login', { body: '\uFEFF{}' }],
  ['an array', 'body_not_object', 'POST', '/v1/login', { body: '[]' }],
  ['a string', 'body_not_object', 'POST', '/v1/login', { body: '"x"' }],
  ['null', 'body_not_object', 'POST', '/v1/login', { body: 'null' }],
  ['nine levels of nesting', 'validation_failed', 'POST', '/v1/login', { body: deep(9) }],
  ['text/plain', 'unsupported_media_type', 'POST', '/v1/login', { body: '{}', headers: { 'content-type': 'text/plain' } }],
  ['T43: another charset', 'unsupported_media_type', 'POST', '/v1/login', { body: '{}', headers: { 'content-type': 'application/json; charset=gbk' } }],
  ['T43: a type that only begins like JSON', 'unsupported_media_type', 'POST', '/v1/login', { body: '{}', headers: { 'content-type': 'application/jsonp' } }],
  ['a form', 'unsupported_media_type', 'POST', '/v1/login', { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
  ['T41: 17 KiB', 'body_too_large', 'POST', '/v1/login', { body: JSON.stringify({ a: 'x'.repeat(17_000) }) }],
  ['a URL of 5 KiB', 'uri_too_long', 'GET', `/v1/me?${'a'.repeat(5000)}`, {}],
  ['no token', 'token_missing', 'GET', '/v1/me', {}],
  ['T18: a token in the URL', 'token_in_url', 'GET', '/v1/me?token=x', {}],
  ['an empty Bearer', 'token_malformed', 'GET', '/v1/me', { headers: { authorization: 'Bearer' } }],
  ['a lower-case scheme', 'token_malformed', 'GET', '/v1/me', { headers: { authorization: 'bearer x' } }],
  ['T18, SEC-HONO-47673: another scheme', 'token_malformed', 'GET', '/v1/me', { headers: { authorization: 'Basic eDp5' } }],
  ['T18: two tokens', 'token_malformed', 'GET', '/v1/me', { headers: { authorization: 'Bearer a,b' } }],
  ['SEC-NA-XMF8: a broken escape', 'token_malformed', 'GET', '/v1/me', { headers: { authorization: 'Bearer %%' } }],
  ['an endless token', 'token_malformed', 'GET', '/v1/me', { headers: { authorization: `Bearer ${'x'.repeat(2000)}` } }],
  ['a token of nobody', 'session_unknown', 'GET', '/v1/me', { headers: { authorization: `Bearer txs_${'A'.repeat(136)}` } }],
  ['a JWT', 'session_unknown', 'GET', '/v1/me', { headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' } }],
])('answers %s with %s', async (_name, code, method, route, { body, headers }) => {
  const stage = await openStage()
  expectProblem(await stage.send(method, route, { ...(body !== undefined && { body }), ...(headers && { headers }) }), code)
})

it('answers invalid UTF-8 with bad_encoding', async () => {
  const stage = await openStage()
  const response = await fetch(`${stage.url}/v1/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from([0x7b, 0xff, 0x7d]) })
  expectProblem({ status: response.status, headers: response.headers, json: await response.json() as Record<string, unknown> }, 'bad_encoding')
})

it('names the fields that are wrong and repeats nothing of them', async () => {
  const stage = await openStage()
  const { json, text } = await stage.post('/v1/login', { appid: stage.appid, code: 'sécret!' })
  expect(json.errors).toEqual([{ path: '/code', rule: 'invalid_format' }])
  expect(text).not.toContain('sécret')
})

it('tells which methods a path has', async () => {
  const stage = await openStage()
  expect((await stage.send('DELETE', '/v1/me')).headers.get('allow')).toBe('GET, PUT')
})

it('speaks Chinese unless English is preferred, and gives the same request id in header and body', async () => {
  const stage = await openStage()
  const titles = await Promise.all(['', 'zh-CN', 'en-US,en;q=0.9', 'fr'].map(async (language) => (await stage.send('GET', '/v1/me', { headers: { 'accept-language': language } })).json.title as string))
  expect(titles).toEqual([ERRORS.token_missing.zh, ERRORS.token_missing.zh, ERRORS.token_missing.en, ERRORS.token_missing.zh])
  const { headers, json } = await stage.send('GET', '/v1/me')
  expect(json.request_id).toBe(headers.get('x-request-id'))
})

it('T33: leaves prototypes alone, whatever keys a body has', async () => {
  const stage = await openStage()
  await stage.send('POST', '/v1/login', { body: '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"appid":"a","code":"b"}' })
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

it('T56, SEC-HONO-24472: forbids caching of every answer, and carries no server name', async () => {
  const stage = await openStage()
  const token = await stage.login()
  for (const route of ['/v1/me', '/v1/session', '/healthz', '/readyz']) {
    const { headers } = await stage.send('GET', route, { token })
    expect([headers.get('cache-control'), headers.get('server'), headers.get('x-powered-by'), headers.get('access-control-allow-origin')]).toEqual(['no-store', null, null, null])
  }
})

/** Sends bytes that no HTTP library would, and reads the one answer. */
function raw(url: string, bytes: string): Promise<{ status: number, headers: Headers, json: Record<string, unknown> }> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let text = ''
    socket.on('data', (chunk: Buffer) => { text += chunk.toString() })
    socket.on('error', reject)
    socket.on('close', () => {
      const [head = '', body = ''] = text.split('\r\n\r\n')
      const [statusLine = '', ...lines] = head.split('\r\n')
      const headers = new Headers(lines.map((line) => line.split(': ', 2) as [string, string]))
      resolve({ status: Number(statusLine.split(' ')[1]), headers, json: JSON.parse(body) as Record<string, unknown> })
    })
  })
}

const CRLF = '\r\n'

it.each<[string, ErrorCode, string]>([
  ['a garbage request line', 'bad_request', `nonsense${CRLF}${CRLF}`],
  ['an HTTP/2 preface', 'bad_request', `PRI * HTTP/2.0${CRLF}${CRLF}SM${CRLF}${CRLF}`],
  ['Content-Length beside Transfer-Encoding', 'bad_request', `POST /v1/login HTTP/1.1${CRLF}Host: x${CRLF}Content-Length: 2${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}0${CRLF}${CRLF}`],
  ['two lengths', 'bad_request', `POST /v1/login HTTP/1.1${CRLF}Host: x${CRLF}Content-Length: 2${CRLF}Content-Length: 3${CRLF}${CRLF}{}`],
  ['a header of 20 KiB', 'headers_too_large', `GET /v1/me HTTP/1.1${CRLF}Host: x${CRLF}X: ${'a'.repeat(20_000)}${CRLF}${CRLF}`],
  ['300 headers', 'headers_too_large', `GET /v1/me HTTP/1.1${CRLF}Host: x${CRLF}${`X: 1${CRLF}`.repeat(300)}${CRLF}`],
  ['no Host', 'bad_request', `GET /v1/me HTTP/1.1${CRLF}${CRLF}`],
  ['two Hosts', 'bad_request', `GET /v1/me HTTP/1.1${CRLF}Host: a${CRLF}Host: b${CRLF}${CRLF}`],
  ['two Authorization headers', 'token_malformed', `GET /v1/me HTTP/1.1${CRLF}Host: x${CRLF}Authorization: Bearer a${CRLF}Authorization: Bearer b${CRLF}${CRLF}`],
  ['TRACE', 'method_not_allowed', `TRACE /v1/me HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`],
  ['CONNECT', 'method_not_allowed', `CONNECT x:1 HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`],
  ['an expectation nobody has', 'bad_request', `GET /v1/me HTTP/1.1${CRLF}Host: x${CRLF}Expect: miracles${CRLF}${CRLF}`],
])('T44: answers %s with %s and closes', async (_name, code, bytes) => {
  const stage = await openStage()
  expectProblem(await raw(stage.url, bytes), code)
})

it.each(['TRACE /v1/me', 'CONNECT x:1'])('T44: says in Allow that %s is allowed nowhere', async (line) => {
  const stage = await openStage()
  expect((await raw(stage.url, `${line} HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`)).headers.get('allow')).toBe('')
})

it('T41: answers a chunked body beyond the limit with body_too_large', async () => {
  const stage = await openStage()
  const chunk = `4000${CRLF}${'x'.repeat(0x4000)}${CRLF}`
  const request = `POST /v1/login HTTP/1.1${CRLF}Host: x${CRLF}Connection: close${CRLF}Content-Type: application/json${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}${chunk}${chunk}0${CRLF}${CRLF}`
  expectProblem(await raw(stage.url, request), 'body_too_large')
})
