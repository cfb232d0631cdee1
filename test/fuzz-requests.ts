import { gzipSync } from 'node:zlib'
import { ROUTES } from '@tongxing/protocol'
import fc from 'fast-check'

/** What a request of the fuzz would be, were it right: `code`, `phoneCode`, `token` and `ticket` as bodies' values stand for fresh ones. */
export interface Draft {
  readonly method: string
  readonly path: string
  /** Whose credentials it carries. */
  readonly bearer: Bearer
  readonly headers: Readonly<Record<string, string>>
  /** How the body is made of what the credentials and codes are at the time. */
  readonly body: (fill: (text: string) => string) => Buffer | null
}

/** Credentials of a request: right ones, another user's, a back end's key, an operator's, none, an ended session's, or a text that is none. */
export type Bearer = 'own' | 'other' | 'key' | 'admin' | 'none' | 'ended' | { readonly text: string }

/** Stands in every text that the fuzz makes up: no error answer may repeat it. */
export const MARK = 'fuzzmark7'

type RouteName = keyof typeof ROUTES
type Fields = Readonly<Record<string, unknown>>

// Each route's right body, so that a new route does not compile until the fuzz knows it. null: the route takes none.
const RIGHT: Readonly<Record<RouteName, Fields | null>> = {
  login: { appid: '<appid>', code: '<code>', device: 'a phone', extra: { channel: 'fuzz' } },
  logout: { everywhere: false },
  session: null,
  sessions: null,
  endSession: null,
  me: null,
  updateMe: { nickname: '小明' },
  saveAvatar: null,
  avatar: null,
  profile: { rawData: '<rawData>', signature: '<signature>', encryptedData: '<encryptedData>', iv: '<iv>' },
  phone: { code: '<phoneCode>' },
  giveConsent: { version: '2026-01' },
  withdrawConsent: null,
  exportMe: null,
  eraseMe: null,
  ticket: null,
  redeem: { ticket: '<ticket>' },
  introspect: { token: '<token>' },
  pushCheck: null,
  push: { ToUserName: 'gh_fuzz', FromUserName: 'o', CreateTime: 1, MsgType: 'event', Event: 'user_info_modified', Encrypt: 'AAAA' },
}

const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

const values = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 0, 1e308, 2 ** 53, '', ' ', '\u0000', '\uD800', '\u202E', '🎉'.repeat(70), [], {}, [[[]]], ['x'], 'undefined', 'null', '__proto__', 'x&appid=y&secret=z', '../../etc/passwd', '\' OR 1=1 --'),
  fc.constantFrom(100, 1000, 20_000).map((length) => 'x'.repeat(length)),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
)
const names = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'openid', 'unionid', 'uid', 'role', 'status', 'phone', 'token', ''), fc.string({ maxLength: 10 }))

/** One JSON text made of right fields and of what is done to them. */
function spoil(fields: Fields): fc.Arbitrary<string> {
  const keys = fc.constantFrom(...Object.keys(fields))
  const entries = Object.entries(fields)
  const text = (pairs: readonly (readonly [string, unknown])[]): string => `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(text(entries)) },
    { weight: 2, arbitrary: keys.map((gone) => text(entries.filter(([key]) => key !== gone))) },
    { weight: 4, arbitrary: fc.tuple(keys, values).map(([changed, value]) => text(entries.map(([key, old]) => [key, key === changed ? value : old]))) },
    { weight: 3, arbitrary: fc.tuple(names, values).map((extra) => text([...entries, extra])) },
    { weight: 2, arbitrary: fc.tuple(keys, values).map((again) => text([...entries, again])) },
    { weight: 1, arbitrary: fc.constantFrom('', 'null', '1', '[]', '"x"', '{', '{"a":}', '{} {}', '\uFEFF{}', deep(5), deep(9), deep(2000), `[${'0,'.repeat(5000)}0]`, `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`, `{"a":"${'x'.repeat(80_000)}"}`) },
    { weight: 1, arbitrary: fc.tuple(fc.nat(40), fc.constant(text(entries))).map(([end, whole]) => whole.slice(0, end)) },
    { weight: 1, arbitrary: fc.json() },
  )
}

type Encode = (text: string) => Buffer
const encodings = fc.oneof(
  { weight: 9, arbitrary: fc.constant<Encode>((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.constantFrom<Encode>((text) => Buffer.from(text, 'utf16le'), (text) => Buffer.from(text, 'latin1'), (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xc0])]), (text) => gzipSync(text)) },
)
const types = fc.oneof(
  { weight: 9, arbitrary: fc.constant<Record<string, string>>({ 'content-type': 'application/json' }) },
  { weight: 1, arbitrary: fc.constantFrom('application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json\t', 'application/jsonp', 'application/json; charset=gbk', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'multipart/form-data; boundary=x', 'application/xml', ';', MARK).map((type) => ({ 'content-type': type })) },
)
const headers = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Record<string, string>>({}) },
  { weight: 1, arbitrary: fc.constantFrom<Record<string, string>>({ 'accept-language': 'en' }, { accept: 'image/png' }, { 'x-http-method-override': 'DELETE' }, { 'x-wx-openid': MARK, 'x-wx-unionid': MARK }, { 'content-encoding': 'gzip' }, { 'x-forwarded-for': `::1, ${MARK}` }, { cookie: `token=${MARK}` }, { expect: '100-continue' }, { 'x-request-id': MARK }, { range: 'bytes=0-0' }, { 'if-none-match': '*' }, { host: MARK }, { host: '' }, { 'x-long': 'x'.repeat(9000) }, { 'x-latin': 'é\u00ff' }) },
)
const methods = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND')
const ids = fc.constantFrom('profile', 'AAAAAAAAAAAAAAAAAAAAAA', `${'A'.repeat(22)}.png`, '..%2F..%2Ftongxing.db', '%00', '%', '%ff', '%F0%9F%8E%89', '__proto__', MARK, 'x'.repeat(300), '')
const queries = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom('?', `?token=${MARK}`, '?limit=1e9&cursor=x', '?a[__proto__]=1', '?%', '?a=1&a=2', `?${'a'.repeat(5000)}`, '#x') },
)
const bearers = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Bearer>('own') },
  { weight: 4, arbitrary: fc.constantFrom<Bearer>('other', 'key', 'admin', 'none', 'ended') },
  { weight: 2, arbitrary: fc.constantFrom('', 'Bearer', 'Bearer  ', 'bearer x', 'Basic eDp5', 'Bearer a,b', 'Bearer %%', `Bearer ${'x'.repeat(9000)}`, `Bearer txs_${'A'.repeat(136)}`, 'Bearer eyJhbGciOiJub25lIn0.e30.', 'Bearer é', `Bearer ${MARK}`).map<Bearer>((text) => ({ text })) },
)

const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

/** An upload as wx.uploadFile sends it, whole or cut, its picture right or not. */
const uploads = fc.tuple(fc.constantFrom(PICTURE, PICTURE.subarray(0, 20), Buffer.from('<svg onload=alert(1)>'), Buffer.alloc(0)), fc.constantFrom('avatar', '', '__proto__', '../x'), fc.oneof(fc.constant(10_000), fc.nat(300)))
  .map(([picture, name, end]) => Buffer.concat([Buffer.from(`--fuzz\r\nContent-Disposition: form-data; name="${name}"; filename="../${MARK}.png"\r\nContent-Type: image/png\r\n\r\n`), picture, Buffer.from('\r\n--fuzz--\r\n')]).subarray(0, end))

/** One route: how it is asked rightly, and what stands for the names in its path. */
interface Target {
  readonly method: string
  readonly path: string
  readonly right: Fields | null
  readonly names: fc.Arbitrary<string>
  readonly bearers: fc.Arbitrary<Bearer>
}

function draftOf({ method, path, right, names, bearers: who }: Target, isUpload = false): fc.Arbitrary<Draft> {
  const asked = fc.oneof({ weight: 9, arbitrary: fc.constant(method) }, { weight: 1, arbitrary: methods })
  const where = fc.tuple(names, queries).map(([name, query]) => path.replace(/\{\w+\}/, name) + query)
  const bodies = isUpload
    ? uploads.map((bytes) => () => bytes)
    : fc.tuple(right === null ? fc.constantFrom('', '', '{}', MARK) : spoil(right), encodings).map(([text, encode]) => (fill: (text: string) => string): Buffer | null => (text === '' ? null : encode(fill(text))))
  const typed = isUpload ? fc.constant({ 'content-type': 'multipart/form-data; boundary=fuzz' }) : types
  return fc.record({ method: asked, path: where, bearer: who, headers: fc.tuple(typed, headers).map(([type, others]) => ({ ...type, ...others })), body: bodies })
}

/** Requests of every route of the protocol, right ones and spoilt ones. */
export const drafts: fc.Arbitrary<Draft> = fc.oneof(...(Object.keys(ROUTES) as RouteName[]).map((name) => draftOf({ ...ROUTES[name], right: RIGHT[name], names: ids, bearers }, name === 'saveAvatar')))

const ADMIN: readonly (readonly [method: string, path: string, right?: Fields])[] = [
  ['GET', '/admin/users/{uid}'], ['POST', '/admin/users/{uid}/ban'], ['POST', '/admin/users/{uid}/unban'], ['DELETE', '/admin/users/{uid}/sessions'],
  ['POST', '/admin/users/{uid}/erase'], ['POST', '/admin/users/{uid}/merge', { into: '<otherUid>', dryRun: true }], ['GET', '/admin/conflicts'],
  ['GET', '/admin/apps'], ['POST', '/admin/apps/{appid}/disable'], ['POST', '/admin/apps/{appid}/enable'],
  ['GET', '/admin/audit'], ['GET', '/admin/audit/verify'], ['GET', '/admin/keys'], ['POST', '/admin/keys/{kid}/revoke'], ['GET', '/metrics'], ['GET', '/healthz'], ['GET', '/readyz'],
]
const operators = fc.oneof({ weight: 6, arbitrary: fc.constant<Bearer>('admin') }, { weight: 2, arbitrary: bearers })
const subjects = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('<uid>', '<otherUid>', '<appid>', 'ffffffff') }, { weight: 1, arbitrary: ids })

/** Requests of every route of the admin listener, right ones and spoilt ones. */
export const adminDrafts: fc.Arbitrary<Draft> = fc.oneof(...ADMIN.map(([method, path, right = null]) => draftOf({ method, path, right, names: subjects, bearers: operators })))

const CRLF = '\r\n'
const lines = fc.constantFrom('GET /v1/me HTTP/1.1', 'POST /v1/login HTTP/1.1', 'POST /v1/login HTTP/1.0', 'GET http://evil.test/v1/me HTTP/1.1', 'GET * HTTP/1.1', 'OPTIONS * HTTP/1.1', 'GET  /v1/me  HTTP/1.1', 'GET /v1/me', 'GET /v1/me HTTP/9.9', 'PRI * HTTP/2.0', 'CONNECT x:1 HTTP/1.1', 'TRACE /v1/me HTTP/1.1', 'get /v1/me HTTP/1.1', 'GET /%00%ff\u00e9 HTTP/1.1', `GET /${'a'.repeat(20_000)} HTTP/1.1`, `${MARK}`, '\u0000\u0001', '\u0016\u0003\u0001\u0002', 'GET //v1/me/../login HTTP/1.1', 'GET ?x HTTP/1.1')
const fields = fc.oneof(
  fc.constantFrom('Host: x', 'Host: x', 'Host: x', 'Host: a\r\nHost: b', 'Content-Length: 2', 'Content-Length: -1', 'Content-Length: 2, 3', 'Content-Length: 0x2', 'Content-Length: 99999999999999999999', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked, chunked', 'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding : chunked', ' folded: x', 'Content-Type: application/json', 'Authorization: Bearer a\r\nAuthorization: Bearer b', 'Authorization: Bearer \u0000', 'Expect: miracles', 'Connection: upgrade\r\nUpgrade: websocket', 'No colon at all', ': empty', 'X: a\u0000b', 'X: a\rb', `X: ${'a'.repeat(20_000)}`),
  fc.constantFrom(50, 150, 300, 2500).map((count) => Array.from({ length: count }, () => 'X: 1').join(CRLF)),
)
const tails = fc.constantFrom('', '{}', '{"a":1}', `0${CRLF}${CRLF}`, `2${CRLF}{}${CRLF}0${CRLF}${CRLF}`, `2;${'x'.repeat(20_000)}${CRLF}{}${CRLF}0${CRLF}${CRLF}`, `-1${CRLF}x`, `FFFFFFFFFFFFFFFFFF${CRLF}x`, `2${CRLF}{}`, `4000${CRLF}${'x'.repeat(0x4000)}${CRLF}4000${CRLF}${'x'.repeat(0x4000)}${CRLF}0${CRLF}${CRLF}`, `0${CRLF}X: trailer${CRLF}${CRLF}`, `{}GET /v1/me HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`)

/** Bytes that no HTTP library would send, some of them half a request. */
export const rawRequests: fc.Arbitrary<string> = fc.tuple(lines, fc.array(fields, { maxLength: 5 }), tails, fc.constantFrom(CRLF, CRLF, CRLF, '\n'), fc.oneof({ weight: 5, arbitrary: fc.constant(1e9) }, { weight: 1, arbitrary: fc.nat(120) }))
  .map(([line, some, tail, newline, end]) => ([line, ...some, '', ''].join(newline) + tail).slice(0, end))
