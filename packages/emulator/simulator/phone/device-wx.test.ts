import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createEmulator } from '#emulator'
import type { PrivacyVerdict, SocketTask, Wx } from '#emulator'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { openSimulator } from '../../dist/simulator/server/index.js'
import type { Launch, Sheet } from '../wire/messages.js'
import { connect } from './connection.js'
import { createDeviceWx } from './device-wx.js'

const SEED = fileURLToPath(new URL('../../runtime/fixtures/seed', import.meta.url))
const DOMAIN = 'https://api.demo.test'

afterEach(() => { vi.unstubAllGlobals() })

/** The page's `wx` over a real WebSocket to a simulator; only what a browser gives is stood in for. */
async function openPage(answers: { readonly allow?: boolean, readonly settings?: Readonly<Record<string, boolean>> } = {}) {
  const asked: Sheet[] = []
  const server = createServer((request, response) => {
    let length = 0
    request.on('data', (chunk: Buffer) => { length += chunk.length })
    request.on('end', () => { response.end(JSON.stringify({ length })) })
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (peer) => {
    peer.on('message', (data: Buffer) => { peer.send(`echo ${data.toString()}`) })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const emulator = await createEmulator()
  onTestFinished(async () => {
    await emulator.close()
    for (const peer of sockets.clients) peer.terminate()
    server.close().closeAllConnections()
  })
  const simulator = openSimulator(emulator, { folder: SEED, say: () => undefined, domains: { [DOMAIN]: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } })
  const base = `${simulator.url}_emulator/simulator/phones/1`
  const launch = JSON.parse(/<script id="launch" type="application\/json">(.*)<\/script>/.exec(await (await fetch(base)).text())?.[1] ?? '') as Launch
  vi.stubGlobal('location', { host: new URL(base).host })
  vi.stubGlobal('WebSocket', WebSocket)
  const connection = connect(launch, {
    ask: (sheet) => (asked.push(sheet), Promise.resolve(answers.allow ?? true)), settings: (authSetting) => Promise.resolve({ ...authSetting, ...answers.settings }), visibility: () => undefined, clock: () => undefined, lost: () => undefined,
  })
  const keep = async (bytes: Buffer): Promise<string> => (await (await fetch(`${base}/files`, { method: 'POST', headers: { 'content-type': 'image/png' }, body: new Uint8Array(bytes) })).json() as { path: string }).path
  const gesture = { tap: false }
  const wx = createDeviceWx(launch, connection, () => gesture.tap) as unknown as Wx
  const tapButton = (openType: string, options: object): Promise<unknown> => new Promise((resolve) => {
    connection.call(`button.${openType}`, options, true, { settled: (_, result) => { resolve(result) } })
  })
  await wx.getSetting()
  return { wx, keep, asked, gesture, tapButton, emulator, simulator }
}

it('uploads a picture that the person chose, with progress, and downloads', async () => {
  const { wx, keep } = await openPage()
  const filePath = await keep(Buffer.alloc(150_000))
  const progress: number[] = []
  const uploaded = await new Promise<{ data: string }>((resolve, reject) => {
    const task = wx.uploadFile({ url: DOMAIN, filePath, name: 'avatar', success: resolve, fail: reject })
    task.onProgressUpdate((update) => progress.push(update.progress))
  })
  expect((JSON.parse(uploaded.data) as { length: number }).length).toBeGreaterThan(150_000)
  expect(progress.at(-1)).toBe(100)
  const { tempFilePath } = await new Promise<{ tempFilePath?: string }>((resolve, reject) => { wx.downloadFile({ url: DOMAIN, success: resolve, fail: reject }) })
  expect(tempFilePath).toMatch(/^wxfile:\/\/tmp_/)
})

it('aborts an upload', async () => {
  const { wx, keep } = await openPage()
  const filePath = await keep(Buffer.alloc(10))
  const failure = await new Promise((resolve) => { wx.uploadFile({ url: DOMAIN, filePath, name: 'a', success: resolve, fail: resolve }).abort() })
  expect(failure).toEqual({ errMsg: 'uploadFile:fail abort' })
})

it('talks over a SocketTask, whose state follows, and closes it', async () => {
  const { wx } = await openPage()
  const task: SocketTask = wx.connectSocket({ url: DOMAIN.replace('https', 'wss') })
  const closed = new Promise((resolve) => { task.onClose(resolve) })
  expect(task.readyState).toBe(task.CONNECTING)
  await new Promise((resolve) => { task.onOpen(resolve) })
  expect(task.readyState).toBe(task.OPEN)
  const answer = new Promise((resolve) => { task.onMessage(({ data }) => resolve(data)) })
  const sent = new Promise((resolve) => { task.send({ data: '你好', success: resolve }) })
  expect([await sent, await answer]).toEqual([{ errMsg: 'sendSocketMessage:ok' }, 'echo 你好'])
  task.close({ code: 3000, reason: 'done' })
  expect(task.readyState).toBe(task.CLOSING)
  expect([await closed, task.readyState]).toEqual([{ code: 3000, reason: 'done' }, task.CLOSED])
  expect(await new Promise((resolve) => { task.send({ data: 'x', fail: resolve }) })).toMatchObject({ errMsg: expect.stringMatching(/^SocketTask\.send:fail|^send:fail/) as string })
})

it('has the functions of the device and no others', async () => {
  const { wx } = await openPage()
  expect(['login', 'uploadFile', 'somethingUnknown'].map((name) => name in wx)).toEqual([true, true, false])
  expect(wx.env).toEqual({ USER_DATA_PATH: 'wxfile://usr' })
})

it('says of wx.router and wx.worklet that they are not emulated, as soon as a member is read', async () => {
  const { wx } = await openPage()
  const { router, worklet } = wx as unknown as { router: { addRouteBuilder(): void }, worklet: { derived(): void } }
  expect(() => { router.addRouteBuilder() }).toThrow('router.addRouteBuilder:fail not emulated by @tongxing/emulator')
  expect(() => { worklet.derived() }).toThrow('worklet.derived:fail not emulated by @tongxing/emulator')
})

it('talks by the socket functions of wx, for programs that know one connection only', async () => {
  const { wx } = await openPage()
  const opened = new Promise((resolve) => { wx.onSocketOpen(resolve) })
  const answer = new Promise((resolve) => { wx.onSocketMessage(({ data }) => resolve(data)) })
  wx.connectSocket({ url: DOMAIN.replace('https', 'wss') })
  await opened
  expect(await wx.sendSocketMessage({ data: '你好' })).toEqual({ errMsg: 'sendSocketMessage:ok' })
  expect(await answer).toBe('echo 你好')
  expect(await wx.closeSocket()).toEqual({ errMsg: 'closeSocket:ok' })
})

it('tells listeners until they are taken off', async () => {
  const { wx } = await openPage()
  const told: unknown[] = []
  wx.onNetworkStatusChange((status) => told.push(status))
  wx.offNetworkStatusChange()
  expect(await wx.getNetworkType()).toMatchObject({ networkType: 'wifi' })
  expect(told).toEqual([])
})

it('carries the privacy listener, its resolve and the button that must have been tapped', async () => {
  const { wx, tapButton, asked } = await openPage()
  const told = new Promise<{ resolve: (verdict: PrivacyVerdict) => void, referrer: string }>((tell) => { wx.onNeedPrivacyAuthorization((resolve, { referrer }) => tell({ resolve, referrer })) })
  const result = new Promise((resolve) => { wx.requirePrivacyAuthorize({ success: resolve, fail: resolve }) })
  const { resolve, referrer } = await told
  expect(await tapButton('agreePrivacyAuthorization', { id: 'agree' })).toEqual({ errMsg: 'agreePrivacyAuthorization:ok' })
  resolve({ event: 'agree', buttonId: 'agree' })
  expect([referrer, await result, asked]).toEqual(['requirePrivacyAuthorize', { errMsg: 'requirePrivacyAuthorize:ok' }, []])
})

it('shows WeChat’s sheets for privacy, phone number and scopes, and the settings', async () => {
  const { wx, tapButton, asked, gesture } = await openPage({ settings: { 'scope.record': false } })
  expect(await tapButton('getPhoneNumber', {})).toMatchObject({ errMsg: 'getPhoneNumber:ok', code: expect.any(String) as string })
  await wx.authorize({ scope: 'scope.record' })
  expect(asked.map(({ api, scope }) => scope ?? api)).toEqual(['privacy', 'getPhoneNumber', 'scope.record'])
  gesture.tap = true
  expect((await wx.openSetting()).authSetting).toMatchObject({ 'scope.record': false })
})
