import type { TrafficStep } from '#emulator'
import { expect, it } from 'vitest'
import { toHar } from './har.js'

const AT = Date.UTC(2026, 0, 2, 3, 4, 5)
const call = (id: number, name: string, detail: unknown, rest: Partial<TrafficStep> = {}): TrafficStep => ({ id, at: AT + id, kind: 'call', from: 'phone', to: 'server', name, person: 'ming', detail, ...rest })
const answer = (id: number, of: number, detail: unknown): TrafficStep => ({ id, at: AT + of + 40, kind: 'answer', from: 'server', to: 'phone', name: 'x', call: of, ok: true, detail })

const STEPS = [
  call(1, 'wx.login', undefined, { to: 'wechat' }),
  call(2, 'POST https://api.demo.test/v1/login', { url: 'https://api.demo.test/v1/login?a=1', header: { 'content-type': 'application/json' }, body: { code: '0abc…' } }),
  answer(3, 2, { statusCode: 401, header: { 'Content-Type': 'application/problem+json' }, cookies: [], body: { code: '通' } }),
  call(4, 'GET /sns/jscode2session', { url: '/sns/jscode2session?appid=wxemu&secret=***' }, { from: 'server', to: 'wechat' }),
  answer(5, 4, { openid: 'o1', session_key: '***' }),
  call(6, 'GET https://api.demo.test/slow', { url: 'https://api.demo.test/slow' }),
  call(7, 'GET https://api.demo.test/cut', { url: 'https://api.demo.test/cut' }),
  answer(8, 7, { reason: '-101:net::ERR_CONNECTION_RESET', errno: 600001 }),
  call(9, 'GET /cgi-bin/token', { url: '/cgi-bin/token' }, { from: 'server', to: 'wechat' }),
  answer(10, 9, { fault: { status: 502, bodyLength: 150 } }),
]
const { log: { version, entries } } = toHar(STEPS)

it('is HAR 1.2 and has the HTTP exchanges alone, each with method, address and status', () => {
  expect([version, entries.map(({ request, response }) => [request.method, request.url, response.status])]).toEqual(['1.2', [
    ['POST', 'https://api.demo.test/v1/login?a=1', 401], ['GET', 'https://api.weixin.qq.com/sns/jscode2session?appid=wxemu&secret=***', 200],
    ['GET', 'https://api.demo.test/slow', 0], ['GET', 'https://api.demo.test/cut', 0], ['GET', 'https://api.weixin.qq.com/cgi-bin/token', 502],
  ]])
})

it('has times, headers, query and bodies of an exchange, sizes in bytes', () => {
  expect(entries[0]).toMatchObject({
    startedDateTime: '2026-01-02T03:04:05.002Z', time: 40, timings: { send: 0, wait: 40, receive: 0 }, comment: 'phone server ming',
    request: { queryString: [{ name: 'a', value: '1' }], headers: [{ name: 'content-type', value: 'application/json' }], postData: { mimeType: 'application/json', text: '{"code":"0abc…"}' } },
    response: { headers: [{ name: 'Content-Type', value: 'application/problem+json' }], content: { size: 14, mimeType: 'application/problem+json', text: '{"code":"通"}' } },
  })
})

it('tells why there is no answer', () => {
  expect(entries[3]?.response).toMatchObject({ status: 0, statusText: '-101:net::ERR_CONNECTION_RESET', content: { size: 0 } })
})
