import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import type { Device, DeviceOptions } from '../device.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'
import type { WxFailure, WxResult } from './callback.js'
import type { ConnectSocketOptions, SocketTask } from './connect-socket.js'

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }
const DOMAIN = 'https://api.demo.test'
const URL = 'wss://api.demo.test/live?token=secret'

let emulator: Emulator
let server: Server
let address: string
let requests: IncomingMessage[]
let peers: WebSocket[]
let raw: Duplex[]

beforeEach(async () => {
  [requests, peers, raw] = [[], [], []]
  emulator = await createEmulator()
  const sockets = new WebSocketServer({ noServer: true })
  server = createServer().on('upgrade', (request, socket, head) => {
    requests.push(request)
    raw.push(socket)
    if (request.url === '/wait') return
    if (request.url === '/refuse') return void socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n')
    sockets.handleUpgrade(request, socket, head, (peer) => {
      peers.push(peer)
      peer.on('message', (data: Buffer, isBinary: boolean) => { peer.send(isBinary ? data : `echo ${data.toString()}`) })
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  await emulator.close()
  server.closeAllConnections()
  raw.forEach((socket) => { socket.destroy() })
  await new Promise((resolve) => { server.close(resolve) })
})

const open = (options: Partial<DeviceOptions> = {}): Device => emulator.openDevice({ ...USER, domains: { [DOMAIN]: address }, ...options })
const opened = (task: SocketTask) => new Promise<{ header: Readonly<Record<string, string>> }>((resolve) => { task.onOpen(resolve) })
const closed = (task: SocketTask) => new Promise<{ code: number, reason: string }>((resolve) => { task.onClose(resolve) })
const nextMessage = (task: SocketTask) => new Promise<string | ArrayBuffer>((resolve) => { task.onMessage(({ data }) => resolve(data)) })
const outcome = (start: (callbacks: { success: (result: WxResult) => void, fail: (failure: WxFailure) => void }) => void) =>
  new Promise<WxResult>((resolve) => { start({ success: resolve, fail: resolve }) })
async function connect(device: Device, options: Partial<ConnectSocketOptions> = {}): Promise<SocketTask> {
  const task = device.wx.connectSocket({ url: URL, ...options })
  await opened(task)
  return task
}

it('connects to where the domain of the requests leads, with the program’s header and WeChat’s Referer', async () => {
  const device = open()
  let started: WxResult | undefined
  const task = device.wx.connectSocket({ url: URL, header: { Authorization: 'Bearer x' }, protocols: ['chat'], success: (result) => { started = result } })
  expect(task.readyState).toBe(task.CONNECTING)
  expect((await opened(task)).header).toMatchObject({ Upgrade: 'websocket' })
  expect([started, task.readyState]).toEqual([{ errMsg: 'connectSocket:ok' }, task.OPEN])
  expect(requests[0]?.url).toBe('/live?token=secret')
  expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer x', referer: `https://servicewechat.com/${USER.appid}/1/page-frame.html`, 'sec-websocket-protocol': 'chat' })
})

it('carries text and bytes both ways', async () => {
  const task = await connect(open())
  const text = nextMessage(task)
  expect(await outcome((callbacks) => task.send({ data: '微信', ...callbacks }))).toEqual({ errMsg: 'sendSocketMessage:ok' })
  expect(await text).toBe('echo 微信')
  const bytes = nextMessage(task)
  task.send({ data: new Uint8Array([0, 255]).buffer })
  expect(new Uint8Array(await bytes as ArrayBuffer)).toEqual(new Uint8Array([0, 255]))
})

it('sends nothing before it is open', async () => {
  const task = open().wx.connectSocket({ url: URL })
  expect(await outcome((callbacks) => task.send({ data: 'x', ...callbacks }))).toEqual({ errMsg: 'SocketTask.send:fail SocketTask.readyState is not OPEN' })
})

it('is closed by either side, which tells code and reason', async () => {
  const device = open()
  const [first, second] = [await connect(device), await connect(device)]
  const codes = Promise.all([closed(first), closed(second)])
  expect(await outcome((callbacks) => first.close({ code: 3001, reason: 'bye', ...callbacks }))).toEqual({ errMsg: 'closeSocket:ok' })
  peers[1]?.close(4001, 'unauthorized')
  expect(await codes).toEqual([{ code: 3001, reason: 'bye' }, { code: 4001, reason: 'unauthorized' }])
  expect(first.readyState).toBe(first.CLOSED)
})

it.each([[{ code: 1001 }], [{ reason: '微'.repeat(42) }]])('refuses to close with %j', async (options) => {
  const task = await connect(open())
  expect((await outcome((callbacks) => task.close({ ...options, ...callbacks }))).errMsg).toMatch(/^closeSocket:fail The (code|reason) must/)
  expect(task.readyState).toBe(task.OPEN)
})

it('tells an error and then the end when the server refuses, or is not there', async () => {
  const device = open({ socketDomains: { 'wss://api.demo.test': address.replace('http', 'ws'), 'wss://dead.test': 'ws://127.0.0.1:1' } })
  for (const [url, errMsg] of [['wss://api.demo.test/refuse', 'Invalid HTTP status 401'], ['wss://dead.test', '-102:net::ERR_CONNECTION_REFUSED']] as const) {
    const heard: unknown[] = []
    const task = device.wx.connectSocket({ url })
    task.onError((error) => heard.push(error))
    heard.push(await closed(task))
    expect(heard).toEqual([{ errMsg }, { code: 1006, reason: 'abnormal closure' }])
  }
})

it('gives up after its timeout', async () => {
  const task = open().wx.connectSocket({ url: 'wss://api.demo.test/wait', timeout: 4000 })
  const error = new Promise((resolve) => { task.onError(resolve) })
  await expect.poll(() => requests.length).toBe(1)
  emulator.clock.advance(4000)
  expect(await error).toEqual({ errMsg: 'timeout' })
})

it.each<[string, Partial<DeviceOptions>, string]>([
  ['wss://other.test', {}, 'url not in domain list'],
  [URL, { socketDomains: {} }, 'url not in domain list'],
  ['https://api.demo.test', {}, 'invalid url "https://api.demo.test"'],
])('refuses %s with lists %j', async (url, options, reason) => {
  const device = open(options)
  expect(await outcome((callbacks) => device.wx.connectSocket({ url, ...callbacks }))).toMatchObject({ errMsg: `connectSocket:fail ${reason}` })
})

it('lets any port of a listed domain pass, as the list of sockets does', async () => {
  await connect(open(), { url: 'wss://api.demo.test:8443/live' })
})

it('has five at once: the sixth fails, and stands once another is closed', async () => {
  const device = open()
  const tasks = await Promise.all(Array.from({ length: 5 }, () => connect(device)))
  expect(await outcome((callbacks) => device.wx.connectSocket({ url: URL, ...callbacks }))).toEqual({ errMsg: 'connectSocket:fail exceed max cocurrent count' })
  const end = closed(tasks[0] ?? expect.fail())
  tasks[0]?.close()
  await end
  await connect(device)
})

it('ends with the mini program, which hears nothing of it', async () => {
  const device = open()
  const task = await connect(device)
  const heard: unknown[] = []
  task.onClose((result) => heard.push(result))
  const gone = new Promise((resolve) => { peers[0]?.once('close', resolve) })
  device.close()
  await gone
  expect(heard).toEqual([])
})

it('shows no secret in the traffic', async () => {
  const task = await connect(open())
  const echoed = nextMessage(task)
  task.send({ data: '{"token":"a-secret"}' })
  await echoed
  expect(JSON.stringify(emulator.traffic.list())).not.toMatch(/a-secret|token=secret/)
})

it('programs that know one connection only send, hear and close by the functions of wx', async () => {
  const { wx } = open()
  const told: unknown[] = []
  const over = new Promise<void>((resolve) => {
    wx.onSocketOpen(({ header }) => told.push(header['Upgrade']))
    wx.onSocketMessage(({ data }) => told.push(data))
    wx.onSocketClose((result) => {
      told.push(result)
      resolve()
    })
  })
  expect(await outcome((callbacks) => { wx.sendSocketMessage({ data: 'early', ...callbacks }) })).toEqual({ errMsg: 'sendSocketMessage:fail WebSocket is not connected' })
  const task = await connect(open(), { url: `${URL}&other` })
  const message = new Promise<void>((resolve) => { wx.onSocketMessage(() => resolve()) })
  wx.connectSocket({ url: URL })
  expect(await outcome((callbacks) => { wx.closeSocket(callbacks) })).toEqual({ errMsg: 'closeSocket:fail WebSocket is not connected' })
  await expect.poll(() => told).toEqual(['websocket'])
  expect(await wx.sendSocketMessage({ data: 'hello' })).toEqual({ errMsg: 'sendSocketMessage:ok' })
  await message
  expect(await wx.closeSocket({ code: 3000, reason: 'done' })).toEqual({ errMsg: 'closeSocket:ok' })
  await over
  expect(told).toEqual(['websocket', 'echo hello', { code: 3000, reason: 'done' }])
  task.close()
})

it('the functions of wx speak of the newest connection and hear of all', async () => {
  const device = open()
  const heard: unknown[] = []
  device.wx.onSocketMessage(({ data }) => heard.push(data))
  const [first] = [await connect(device), await connect(device)]
  await device.wx.sendSocketMessage({ data: 'newest' })
  await expect.poll(() => heard).toEqual(['echo newest'])
  first.send({ data: 'first' })
  await expect.poll(() => heard).toEqual(['echo newest', 'echo first'])
  peers[0]?.close(4001)
  await new Promise((resolve) => { device.wx.onSocketClose(resolve) })
})

it('tells wx.onSocketError why a connection failed', async () => {
  const { wx } = open()
  const failure = new Promise((resolve) => { wx.onSocketError(resolve) })
  wx.connectSocket({ url: 'wss://api.demo.test/refuse' })
  expect(await failure).toEqual({ errMsg: 'Invalid HTTP status 401' })
})
