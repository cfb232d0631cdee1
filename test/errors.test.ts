import { connect } from 'node:net'
import { ERRORS } from '@tongxing/protocol'
import type { ErrorCode } from '@tongxing/protocol'
import { expect, it } from 'vitest'
import { shareStage } from './stage.js'
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

const stage = shareStage()

const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const many = (keys: number): string => JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, 1])))
const typed = (type: string): { body: string, headers: Record<string, string> } => ({ body: '{}', headers: { 'content-type': type } })
const bearer = (authorization: string): { headers: Record<string, string> } => ({ headers: { authorization } })

it.each<[string, ErrorCode, string, string, { body?: string, headers?: Record<string, string> }]>([
  ['IN-ANY-PATH: an unknown path', 'not_found', 'GET', '/nothing', {}],
  ['IN-ANY-PATH: a path with a slash too many', 'not_found', 'GET', '/v1/me/', {}],
  ['IN-ANY-METHOD: PATCH, which wx.request has not', 'method_not_allowed', 'PATCH', '/v1/me', { body: '{}' }],
  ['IN-ANY-METHOD: DELETE of a session check', 'method_not_allowed', 'DELETE', '/v1/session', {}],
  ['IN-ANY-METHOD: a POST that says it were a DELETE', 'method_not_allowed', 'POST', '/v1/me', { headers: { 'x-http-method-override': 'GET' } }],
  ['IN-ANY-EMPTY: an empty body', 'bad_json', 'POST', '/v1/login', { body: '' }],
  ['IN-ANY-EMPTY: half a JSON', 'bad_json', 'POST', '/v1/login', { body: '{"appid":' }],
  ['IN-ANY-EMPTY: two JSONs', 'bad_json', 'POST', '/v1/login', { body: '{} {}' }],
  ['IN-ANY-BOM: a byte order mark', 'bad_json', 'POST', '/v1/login', { body: '\uFEFF{}' }],
  ['IN-ANY-OBJECT: an array', 'body_not_object', 'POST', '/v1/login', { body: '[]' }],
  ['IN-ANY-OBJECT: a string', 'body_not_object', 'POST', '/v1/login', { body: '"x"' }],
  ['IN-ANY-OBJECT: null', 'body_not_object', 'POST', '/v1/login', { body: 'null' }],
  ['IN-ANY-OBJECT: a number', 'body_not_object', 'POST', '/v1/login', { body: '1' }],
  ['IN-ANY-DEPTH: nine levels of nesting', 'validation_failed', 'PUT', '/v1/me', { body: deep(9), headers: { authorization: 'own' } }],
  ['IN-ANY-KEYS: 65 keys', 'validation_failed', 'PUT', '/v1/me', { body: many(65), headers: { authorization: 'own' } }],
  ['IN-ANY-KEYS: 65 keys further in', 'validation_failed', 'PUT', '/v1/me', { body: `{"a":${many(65)}}`, headers: { authorization: 'own' } }],
  ['IN-ANY-TYPE: no type', 'unsupported_media_type', 'POST', '/v1/login', typed('')],
  ['IN-ANY-TYPE: text/plain', 'unsupported_media_type', 'POST', '/v1/login', typed('text/plain')],
  ['IN-ANY-TYPE, T43: another charset', 'unsupported_media_type', 'POST', '/v1/login', typed('application/json; charset=gbk')],
  ['IN-ANY-TYPE, T43: a type that only begins like JSON', 'unsupported_media_type', 'POST', '/v1/login', typed('application/jsonp')],
  ['IN-ANY-TYPE, T43: a tab within the type', 'unsupported_media_type', 'POST', '/v1/login', typed('application/json\t;charset=utf-8')],
  ['IN-ANY-TYPE: a form', 'unsupported_media_type', 'POST', '/v1/login', { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
  ['IN-ANY-SIZE, T41: 17 KiB', 'body_too_large', 'POST', '/v1/login', { body: JSON.stringify({ a: 'x'.repeat(17_000) }) }],
  ['IN-ANY-URL: a URL of 5 KiB', 'uri_too_long', 'GET', `/v1/me?${'a'.repeat(5000)}`, {}],
  ['IN-ANY-URLTOKEN, T18: a token in the URL', 'token_in_url', 'GET', '/v1/me?token=x', {}],
  ['IN-ANY-URLTOKEN: a token in the URL beside one in its place', 'token_in_url', 'GET', '/v1/session?a=1&access_token=x', { headers: { authorization: 'own' } }],
  ['IN-ANY-URLTOKEN: a token in the URL of a login', 'token_in_url', 'POST', '/v1/login?session=x', { body: '{}' }],
  ['IN-ANY-URLTOKEN: an api key in the URL', 'token_in_url', 'POST', '/v1/introspect?api_key=txk_x', { body: '{}' }],
  ['IN-TOKEN-NONE: no token', 'token_missing', 'GET', '/v1/me', {}],
  ['IN-TOKEN-FORM: an empty Bearer', 'token_malformed', 'GET', '/v1/me', bearer('Bearer')],
  ['IN-TOKEN-FORM: a Bearer of blanks', 'token_malformed', 'GET', '/v1/me', bearer('Bearer   ')],
  ['IN-TOKEN-FORM: a lower-case scheme', 'token_malformed', 'GET', '/v1/me', bearer('bearer x')],
  ['IN-TOKEN-FORM: a scheme of another make', 'token_malformed', 'GET', '/v1/me', bearer('Token x')],
  ['IN-TOKEN-FORM, T18, SEC-HONO-47673: another scheme', 'token_malformed', 'GET', '/v1/me', bearer('Basic eDp5')],
  ['IN-TOKEN-FORM, T18: two tokens', 'token_malformed', 'GET', '/v1/me', bearer('Bearer a,b')],
  ['IN-TOKEN-FORM, SEC-NA-XMF8: a broken escape', 'token_malformed', 'GET', '/v1/me', bearer('Bearer %%')],
  ['IN-TOKEN-FORM: a letter beyond ASCII', 'token_malformed', 'GET', '/v1/me', bearer('Bearer é')],
  ['IN-TOKEN-FORM: an endless token', 'token_malformed', 'GET', '/v1/me', bearer(`Bearer ${'x'.repeat(10_240)}`)],
  ['IN-TOKEN-UNKNOWN: a token of nobody', 'session_unknown', 'GET', '/v1/me', bearer(`Bearer txs_${'A'.repeat(136)}`)],
  ['IN-TOKEN-UNKNOWN: a JWT', 'session_unknown', 'GET', '/v1/me', bearer('Bearer eyJhbGciOiJub25lIn0.e30.')],
])('answers %s with %s', async (_name, code, method, route, { body, headers: { authorization, ...headers } = {} }) => {
  const own = authorization === 'own' ? `Bearer ${await stage().login()}` : authorization
  expectProblem(await stage().send(method, route, { ...(body !== undefined && { body }), headers: { ...headers, ...(own !== undefined && { authorization: own }) } }), code)
})

it('IN-ANY-UTF8: answers invalid UTF-8 with bad_encoding', async () => {
  const response = await fetch(`${stage().url}/v1/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from([0x7b, 0xff, 0x7d]) })
  expectProblem({ status: response.status, headers: response.headers, json: await response.json() as Record<string, unknown> }, 'bad_encoding')
})

it('IN-ANY-DEPTH, IN-ANY-KEYS: takes eight levels, 64 keys, and a list of more', async () => {
  const token = await stage().login()
  for (const body of [deep(8), many(64), JSON.stringify({ a: Array.from({ length: 200 }, () => 1) })]) expect((await stage().send('PUT', '/v1/me', { token, body })).status).toBe(200)
})

it('IN-ANY-TWICE: of a key that comes twice the last one counts, also for the check', async () => {
  const token = await stage().login()
  expect((await stage().send('PUT', '/v1/me', { token, body: '{"nickname":"小红","nickname":5}' })).json.code).toBe('validation_failed')
  expect((await stage().send('PUT', '/v1/me', { token, body: '{"nickname":5,"nickname":"小明"}' })).json.profile).toMatchObject({ nickname: '小明' })
})

it.each(['token_missing', 'token_malformed', 'session_unknown'] as const)('challenges as RFC 6750 has it: %s', async (code) => {
  const token = { token_missing: undefined, token_malformed: 'é', session_unknown: 'x' }[code]
  const { json, headers } = await stage().send('GET', '/v1/session', token === undefined ? {} : { token })
  expect([json.code, headers.get('www-authenticate')]).toEqual([code, token === undefined ? 'Bearer' : 'Bearer error="invalid_token"'])
})

it('names the fields that are wrong and repeats nothing of them', async () => {
  const { json, text } = await stage().post('/v1/login', { appid: stage().appid, code: 'sécret!' })
  expect(json.errors).toEqual([{ path: '/code', rule: 'invalid_format' }])
  expect(text).not.toContain('sécret')
})

it('IN-ANY-METHOD: tells which methods a path has', async () => {
  expect((await stage().send('DELETE', '/v1/me')).headers.get('allow')).toBe('GET, PUT')
})

it('speaks Chinese unless English is preferred, and gives the same request id in header and body', async () => {
  const titles = await Promise.all(['', 'zh-CN', 'en-US,en;q=0.9', 'fr'].map(async (language) => (await stage().send('GET', '/v1/me', { headers: { 'accept-language': language } })).json.title as string))
  expect(titles).toEqual([ERRORS.token_missing.zh, ERRORS.token_missing.zh, ERRORS.token_missing.en, ERRORS.token_missing.zh])
  const { headers, json } = await stage().send('GET', '/v1/me')
  expect(json.request_id).toBe(headers.get('x-request-id'))
})

it('IN-ANY-PROTO, T33: leaves prototypes alone, whatever keys a body has', async () => {
  await stage().send('POST', '/v1/login', { body: '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"appid":"a","code":"b"}' })
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

it('T56, SEC-HONO-24472: forbids caching of every answer, and carries no server name', async () => {
  const token = await stage().login()
  for (const route of ['/v1/me', '/v1/session', '/healthz', '/readyz']) {
    const { headers } = await stage().send('GET', route, { token })
    expect([headers.get('cache-control'), headers.get('server'), headers.get('x-powered-by'), headers.get('access-control-allow-origin')]).toEqual(['no-store', null, null, null])
  }
})

/** Sends bytes that no HTTP library would, and then no more if they are not whole; reads the one answer. */
function raw(url: string, bytes: string, isWhole = true): Promise<{ status: number, headers: Headers, json: Record<string, unknown> }> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => (isWhole ? socket.write(bytes, 'latin1') : socket.end(bytes, 'latin1')))
    let text = ''
    socket.on('data', (chunk: Buffer) => { text += chunk.toString() })
    socket.on('error', reject)
    socket.on('close', () => {
      const [head = '', body = ''] = text.split('\r\n\r\n')
      const [statusLine = '', ...lines] = head.split('\r\n')
      const headers = new Headers(lines.map((line) => line.split(': ', 2) as [string, string]))
      try {
        resolve({ status: Number(statusLine.split(' ')[1]), headers, json: JSON.parse(body) as Record<string, unknown> })
      } catch (cause) {
        reject(new Error(`no problem document: ${JSON.stringify(text)}`, { cause }))
      }
    })
  })
}

const CRLF = '\r\n'

it.each<[string, ErrorCode, string]>([
  ['IN-ANY-BYTES: a garbage request line', 'bad_request', `nonsense${CRLF}${CRLF}`],
  ['IN-ANY-BYTES: an HTTP/2 preface', 'bad_request', `PRI * HTTP/2.0${CRLF}${CRLF}SM${CRLF}${CRLF}`],
  ['IN-ANY-SMUGGLE: Content-Length beside Transfer-Encoding', 'bad_request', `POST /v1/login HTTP/1.1${CRLF}Host: x${CRLF}Content-Length: 2${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}0${CRLF}${CRLF}`],
  ['IN-ANY-SMUGGLE: two lengths', 'bad_request', `POST /v1/login HTTP/1.1${CRLF}Host: x${CRLF}Content-Length: 2${CRLF}Content-Length: 3${CRLF}${CRLF}{}`],
  ['IN-ANY-HEADERS: a header of 20 KiB', 'headers_too_large', `GET /v1/me HTTP/1.1${CRLF}Host: x${CRLF}X: ${'a'.repeat(20_000)}${CRLF}${CRLF}`],
  ['IN-ANY-HEADERS: 300 headers', 'headers_too_large', `GET /v1/me HTTP/1.1${CRLF}Host: x${CRLF}${`X: 1${CRLF}`.repeat(300)}${CRLF}`],
  ['IN-ANY-HOST: no Host', 'bad_request', `GET /v1/me HTTP/1.1${CRLF}${CRLF}`],
  ['IN-ANY-HOST: two Hosts', 'bad_request', `GET /v1/me HTTP/1.1${CRLF}Host: a${CRLF}Host: b${CRLF}${CRLF}`],
  ['IN-TOKEN-FORM: two Authorization headers', 'token_malformed', `GET /v1/me HTTP/1.1${CRLF}Host: x${CRLF}Authorization: Bearer a${CRLF}Authorization: Bearer b${CRLF}${CRLF}`],
  ['IN-ANY-METHOD: TRACE', 'method_not_allowed', `TRACE /v1/me HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`],
  ['IN-ANY-METHOD: CONNECT', 'method_not_allowed', `CONNECT x:1 HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`],
  ['IN-ANY-SMUGGLE: a blank before the colon', 'bad_request', `POST /v1/login HTTP/1.1${CRLF}Host: x${CRLF}Transfer-Encoding : chunked${CRLF}${CRLF}0${CRLF}${CRLF}`],
  ['IN-ANY-LENGTH: a body that is longer than its length', 'bad_request', `POST /v1/login HTTP/1.1${CRLF}Host: x${CRLF}Content-Type: application/json${CRLF}Content-Length: 2${CRLF}${CRLF}{}"appid":1`],
  ['IN-ANY-BYTES: a NUL in a header', 'bad_request', `GET /v1/me HTTP/1.1${CRLF}Host: x${CRLF}Authorization: Bearer a\u0000b${CRLF}${CRLF}`],
  ['IN-ANY-BYTES: an expectation nobody has', 'bad_request', `GET /v1/me HTTP/1.1${CRLF}Host: x${CRLF}Expect: miracles${CRLF}${CRLF}`],
])('T44: answers %s with %s and closes', async (_name, code, bytes) => {
  expectProblem(await raw(stage().url, bytes), code)
})

it.each([
  ['IN-ANY-LENGTH: a body that is shorter than its length', `POST /v1/login HTTP/1.1${CRLF}Host: x${CRLF}Content-Type: application/json${CRLF}Content-Length: 20${CRLF}${CRLF}{}`],
  ['IN-ANY-LENGTH: a chunked body without its end', `POST /v1/login HTTP/1.1${CRLF}Host: x${CRLF}Content-Type: application/json${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}2${CRLF}{}${CRLF}`],
  ['IN-ANY-LENGTH: half a request line', 'POST /v1/lo'],
])('answers %s with bad_request when no more comes', async (_name, bytes) => {
  expectProblem(await raw(stage().url, bytes, false), 'bad_request')
})

it.each(['TRACE /v1/me', 'CONNECT x:1'])('T44: says in Allow that %s is allowed nowhere', async (line) => {
  expect((await raw(stage().url, `${line} HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`)).headers.get('allow')).toBe('')
})

it('IN-ANY-SIZE, T41: answers a chunked body beyond the limit with body_too_large', async () => {
  const chunk = `4000${CRLF}${'x'.repeat(0x4000)}${CRLF}`
  const request = `POST /v1/login HTTP/1.1${CRLF}Host: x${CRLF}Connection: close${CRLF}Content-Type: application/json${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}${chunk}${chunk}0${CRLF}${CRLF}`
  expectProblem(await raw(stage().url, request), 'body_too_large')
})
