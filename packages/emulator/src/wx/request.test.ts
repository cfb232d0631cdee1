import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Device, DeviceOptions } from '../device.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'
import type { WxFailure } from './callback.js'
import type { RequestOptions, RequestResult } from './request.js'

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }
const DOMAIN = 'https://api.demo.test'

interface Seen { method: string, url: string, headers: IncomingMessage['headers'], body: string }

let emulator: Emulator
let backend: Server
let address: string
let seen: Seen[]
let waiting: ServerResponse[]

beforeEach(async () => {
  [seen, waiting] = [[], []]
  emulator = await createEmulator()
  backend = createServer((request, response) => { void answer(request, response) })
  await new Promise<void>((resolve) => { backend.listen(0, '127.0.0.1', resolve) })
  address = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
})
afterEach(async () => {
  await emulator.close()
  backend.closeAllConnections()
  await new Promise((resolve) => { backend.close(resolve) })
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const { method = '', url = '', headers } = request
  seen.push({ method, url, headers, body })
  if (url.startsWith('/wait')) return void waiting.push(response)
  if (url.startsWith('/drop')) return void response.socket?.destroy()
  if (url.startsWith('/upgrade')) return void response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')
  if (url.startsWith('/moved')) return void response.writeHead(302, { location: '/landed' }).end()
  response.writeHead(url.startsWith('/teapot') ? 418 : 200, { 'X-Thing': 'a', 'Set-Cookie': ['a=1', 'b=2'] })
  response.end(url.startsWith('/text') ? 'not json' : JSON.stringify({ url }))
}

const open = (options: Partial<DeviceOptions> = {}): Device => emulator.openDevice({ ...USER, domains: { [DOMAIN]: address }, ...options })
const send = (device: Device, options: RequestOptions) => new Promise<RequestResult>((resolve, reject) => {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what wx.request fails with is not an Error
  device.wx.request({ ...options, success: resolve, fail: (failure) => reject(failure) })
})
const failureOf = (device: Device, options: RequestOptions) => send(device, options).then(() => expect.fail('it succeeded'), (failure: WxFailure) => failure)
const until = async (holds: () => boolean) => { while (!holds()) await new Promise(setImmediate) }

describe('wx.request', () => {
  it('carries a listed domain to its address and answers parsed JSON, header and cookies', async () => {
    const result = await send(open(), { url: `${DOMAIN}/hello?x=1` })
    expect(result).toMatchObject({ data: { url: '/hello?x=1' }, statusCode: 200, cookies: ['a=1', 'b=2'], errMsg: 'request:ok' })
    expect(result.header['X-Thing']).toBe('a')
  })

  it('takes any HTTP status for a success', async () => {
    expect((await send(open(), { url: `${DOMAIN}/teapot` })).statusCode).toBe(418)
  })

  it('returns a task and never a promise', () => {
    const task = open().wx.request({ url: DOMAIN })
    expect(task).not.toHaveProperty('then')
    expect(task.abort).toBeTypeOf('function')
  })

  it('sends WeChat\'s Referer with the appid and the version, whatever the program sets', async () => {
    await send(open(), { url: DOMAIN, header: { REFERER: 'https://mine.test' } })
    await send(open({ envVersion: 'develop' }), { url: DOMAIN })
    expect(seen.map(({ headers }) => headers.referer)).toEqual([1, 0].map((version) => `https://servicewechat.com/${USER.appid}/${version}/page-frame.html`))
  })

  it('leaves text as text when it is no JSON, or when no JSON was asked for', async () => {
    expect((await send(open(), { url: `${DOMAIN}/text` })).data).toBe('not json')
    expect((await send(open(), { url: `${DOMAIN}/a`, dataType: 'other' })).data).toBe('{"url":"/a"}')
    expect((await send(open(), { url: `${DOMAIN}/text`, responseType: 'arraybuffer' })).data).toEqual(new Uint8Array(Buffer.from('not json')).buffer)
  })

  it('follows redirects, unless told not to', async () => {
    expect((await send(open(), { url: `${DOMAIN}/moved`, method: 'POST', data: {} })).data).toEqual({ url: '/landed' })
    expect(seen.at(-1)).toMatchObject({ method: 'GET', body: '' })
    expect((await send(open(), { url: `${DOMAIN}/moved`, redirect: 'manual' })).statusCode).toBe(302)
  })

  it('tells the header as soon as it is there, and chunks when asked for', async () => {
    const heard: unknown[] = []
    await new Promise<void>((resolve) => {
      const task = open().wx.request({ url: DOMAIN, enableChunked: true, complete: () => resolve() })
      task.onHeadersReceived(({ statusCode }) => heard.push(statusCode))
      task.onChunkReceived(({ data }) => heard.push(Buffer.from(data).toString()))
    })
    expect(heard).toEqual([200, '{"url":"/"}'])
  })
})

describe('data', () => {
  it.each<[string, Partial<RequestOptions>, Partial<Seen>]>([
    ['an object in a GET as a query, encoded on both sides', { data: { 'a b': 'ü&=', n: 1 } }, { url: '/p?q=1&a%20b=%C3%BC%26%3D&n=1', body: '' }],
    ['an object in a POST as JSON', { method: 'POST', data: { a: 1 } }, { method: 'POST', url: '/p?q=1', body: '{"a":1}' }],
    ['an object in a POST form as a query', { method: 'POST', data: { a: '1 2' }, header: { 'Content-Type': 'application/x-www-form-urlencoded' } }, { body: 'a=1%202' }],
    ['a text as it is', { method: 'PUT', data: 'text' }, { method: 'PUT', body: 'text' }],
    ['bytes as they are', { method: 'POST', data: new Uint8Array([104, 105]).buffer }, { body: 'hi' }],
    ['a method in lower case as if in upper case', { method: 'delete' }, { method: 'DELETE' }],
  ])('sends %s', async (_, options, expected) => {
    await send(open(), { url: `${DOMAIN}/p?q=1`, ...options })
    expect(seen[0]).toMatchObject(expected)
  })

  it('takes header names in any case; the content type is JSON by default', async () => {
    await send(open(), { url: DOMAIN, method: 'POST', data: {}, header: { AUTHORIZATION: 'Bearer x', authorization: 'Bearer y' } })
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer y', 'content-type': 'application/json' })
  })
})

describe('failures', () => {
  it.each([
    'https://other.test/', `${DOMAIN}:443/`, 'https://sub.api.demo.test/', 'http://api.demo.test/', 'http://127.0.0.1:1/', 'https://api.weixin.qq.com/sns/jscode2session',
  ])('is url not in domain list for %s', async (url) => {
    expect(await failureOf(open(), { url })).toEqual({ errMsg: 'request:fail url not in domain list', errno: 600002 })
  })

  it('lets unlisted addresses pass when domains are not checked', async () => {
    expect((await send(open({ domains: {}, checkDomains: false }), { url: `${address}/x` })).data).toEqual({ url: '/x' })
  })

  it('is invalid url for what is none', async () => {
    expect(await failureOf(open(), { url: 'api/login' })).toMatchObject({ errno: 600009 })
  })

  it('is refused for a method that WeChat does not know, such as PATCH', async () => {
    expect((await failureOf(open(), { url: DOMAIN, method: 'PATCH' })).errMsg).toMatch(/^request:fail method/)
    expect(seen).toEqual([])
  })

  it('is a connection refused when nobody listens', async () => {
    const device = open()
    device.domains[DOMAIN] = 'http://127.0.0.1:1'
    expect(await failureOf(device, { url: DOMAIN })).toEqual({ errMsg: 'request:fail -102:net::ERR_CONNECTION_REFUSED', errno: 600001 })
  })

  it('is a connection reset when the server hangs up, and the request is not sent again', async () => {
    expect(await failureOf(open(), { url: `${DOMAIN}/drop`, method: 'POST' })).toEqual({ errMsg: 'request:fail -101:net::ERR_CONNECTION_RESET', errno: 600001 })
    expect(seen).toHaveLength(1)
  })

  it('is a timeout after 60 s by the emulator\'s clock, or after the time that was asked for', async () => {
    const device = open()
    const [usual, short] = [failureOf(device, { url: `${DOMAIN}/wait` }), failureOf(device, { url: `${DOMAIN}/wait`, timeout: 1000 })]
    emulator.clock.advance(1000)
    expect((await short).errMsg).toBe('request:fail timeout')
    emulator.clock.advance(59_000)
    expect((await usual).errMsg).toBe('request:fail timeout')
  })

  it('is a timeout in real time too', async () => {
    expect((await failureOf(open(), { url: `${DOMAIN}/wait`, timeout: 10 })).errMsg).toBe('request:fail timeout')
  })

  it.each([0, -1, NaN, Infinity])('is a timeout after the usual 60 s when %s was asked for', async (timeout) => {
    const failed = failureOf(open(), { url: `${DOMAIN}/wait`, timeout })
    await until(() => waiting.length === 1)
    emulator.clock.advance(60_000)
    expect((await failed).errMsg).toBe('request:fail timeout')
  })

  it('comes at once for a protocol change that nobody asked for, and for a tunnel', async () => {
    backend.on('connect', (_request, socket) => { socket.end('HTTP/1.1 200 OK\r\n\r\n') })
    expect((await failureOf(open(), { url: `${DOMAIN}/upgrade` })).errMsg).toMatch(/^request:fail -2:/)
    expect((await failureOf(open(), { url: DOMAIN, method: 'CONNECT' })).errMsg).toMatch(/^request:fail -2:/)
  })

  it.each<[string, object]>([['an address that is missing', { url: undefined }], ['a lone surrogate in a query', { url: DOMAIN, data: { a: '\ud800' } }]])('comes for %s, which takes no slot', async (_, options) => {
    const device = open()
    for (let i = 0; i < 12; i++) expect((await failureOf(device, options as RequestOptions)).errMsg).toMatch(/^request:fail invalid parameter/)
    expect((await send(device, { url: DOMAIN })).statusCode).toBe(200)
  })

  it('is abort when aborted, once, and the connection ends', async () => {
    const ended: string[] = []
    const task = open().wx.request({ url: `${DOMAIN}/wait`, complete: ({ errMsg }) => ended.push(errMsg) })
    await until(() => waiting.length === 1)
    task.abort()
    task.abort()
    await until(() => ended.length > 0 && waiting[0]?.destroyed === true)
    expect(ended).toEqual(['request:fail abort'])
  })
})

describe('at most ten at once', () => {
  const start = (device: Device, ended: string[]) => device.wx.request({ url: `${DOMAIN}/wait`, complete: ({ errMsg }) => ended.push(errMsg) })

  it('sends the eleventh when the first has ended', async () => {
    const device = open()
    const ended: string[] = []
    for (let i = 0; i < 12; i++) start(device, ended)
    await until(() => waiting.length === 10)
    waiting[0]?.end('{}')
    await until(() => waiting.length === 11)
    expect([ended, seen.length]).toEqual([['request:ok'], 11])
  })

  it('frees the slot of an aborted request, and never sends one that was aborted in line', async () => {
    const device = open()
    const ended: string[] = []
    const tasks = Array.from({ length: 12 }, () => start(device, ended))
    await until(() => waiting.length === 10)
    tasks[10]?.abort()
    tasks[0]?.abort()
    await until(() => waiting.length === 11 && ended.length === 2)
    expect(seen).toHaveLength(11)
  })

  it('frees the slot of a request that fails at once', async () => {
    const device = open()
    for (let i = 0; i < 30; i++) await failureOf(device, { url: 'https://other.test/' })
    const queued: Promise<WxFailure>[] = []
    const ended: string[] = []
    for (let i = 0; i < 10; i++) start(device, ended)
    for (let i = 0; i < 5; i++) queued.push(failureOf(device, { url: 'https://other.test/' }))
    await until(() => waiting.length === 10)
    waiting.forEach((response) => response.end())
    expect((await Promise.all(queued)).map((failure) => failure.errno)).toEqual(Array(5).fill(600002))
    expect((await send(device, { url: DOMAIN })).statusCode).toBe(200)
  })

  it('is kept on one connection when sent one after the other', async () => {
    const device = open()
    let connections = 0
    backend.on('connection', () => { connections++ })
    for (let i = 0; i < 5; i++) await send(device, { url: DOMAIN })
    expect(connections).toBe(1)
  })
})

it('shows requests in the traffic with tokens masked', async () => {
  await send(open(), { url: `${DOMAIN}/v1/me?access_token=tok-en`, method: 'POST', data: { token: 'tok-en', uid: 'u1' }, header: { Authorization: 'Bearer tok-en' } })
  const text = JSON.stringify(emulator.traffic.list())
  expect(text).toContain('u1')
  expect(text).toContain('Bearer ***')
  expect(text.replaceAll('"url":"/v1/me?access_token=tok-en"', '')).not.toContain('tok-en')
})

it('holds the answer of a request back after the server has answered', async () => {
  const device = open()
  const hold = device.hold('request')
  const result = send(device, { url: DOMAIN })
  await hold.arrived()
  expect(seen).toHaveLength(1)
  hold.end()
  expect((await result).statusCode).toBe(200)
})
