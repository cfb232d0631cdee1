import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Device, DeviceOptions } from '../device.js'
import { createEmulator } from '../emulator.js'
import type { Emulator } from '../emulator.js'
import type { WxFailure, WxResult } from './callback.js'
import type { UploadFileOptions, UploadProgress } from './upload-file.js'

const USER = { appid: 'wxemu0123456789abc', person: 'xiaoming' }
const DOMAIN = 'https://api.demo.test'
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255])

let emulator: Emulator
let backend: Server
let address: string
let seen: { method: string, url: string, headers: Record<string, unknown>, form: FormData | undefined }[]

beforeEach(async () => {
  seen = []
  emulator = await createEmulator()
  backend = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    if (url.startsWith('/wait')) return
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const type = headers['content-type'] ?? ''
      const form = type.startsWith('multipart/') ? new Response(Buffer.concat(chunks), { headers: { 'content-type': type } }).formData() : Promise.resolve(undefined)
      void form.then((parsed) => {
        seen.push({ method, url, headers, form: parsed })
        if (url === '/large') return response.writeHead(200, { 'content-length': 200 * 1024 * 1024 + 1 }).write('x')
        if (url === '/picture') response.writeHead(200, { 'content-type': 'image/png', 'content-length': PNG.length }).end(PNG)
        else response.writeHead(url === '/refuse' ? 401 : 200, { 'X-Thing': 'a' }).end('{"id":7}')
      })
    })
  })
  await new Promise<void>((resolve) => { backend.listen(0, '127.0.0.1', resolve) })
  address = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
})
afterEach(async () => {
  await emulator.close()
  backend.closeAllConnections()
  await new Promise((resolve) => { backend.close(resolve) })
})

const open = (options: Partial<DeviceOptions> = {}): Device => emulator.openDevice({ ...USER, domains: { [DOMAIN]: address }, ...options })
type Api = 'uploadFile' | 'downloadFile'
function call(device: Device, api: Api, options: object, begin?: (task: never) => void): Promise<WxResult & Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const start = device.wx[api] as (options: object) => never
    const task = start({ ...options, success: resolve, fail: reject })
    begin?.(task)
  })
}
const upload = (device: Device, options: Partial<UploadFileOptions> = {}, begin?: (task: never) => void) =>
  call(device, 'uploadFile', { url: `${DOMAIN}/avatar`, filePath: device.keepFile(PNG), name: 'avatar', ...options }, begin)
const failureOf = (promise: Promise<unknown>) => promise.then(() => expect.fail('it succeeded'), (failure: WxFailure) => failure)

describe('wx.uploadFile', () => {
  it('posts the file and the fields as a form that a server can read', async () => {
    await upload(open(), { formData: { 'nick"name': '小明', n: 1 }, header: { Authorization: 'Bearer x', 'content-type': 'text/plain' } })
    const [got] = seen
    const file = got?.form?.get('avatar') as File
    expect([got?.method, got?.url, got?.headers['authorization'], got?.headers['referer']]).toEqual(['POST', '/avatar', 'Bearer x', `https://servicewechat.com/${USER.appid}/1/page-frame.html`])
    expect([got?.form?.get('nick"name'), got?.form?.get('n'), file.type]).toEqual(['小明', '1', 'image/png'])
    expect(Buffer.from(await file.arrayBuffer())).toEqual(PNG)
    expect(file.name).toMatch(/^tmp_\w+\.png$/)
  })

  it('gives the answer as a text, whatever it is, and any status as a success', async () => {
    expect(await upload(open())).toEqual({ data: '{"id":7}', statusCode: 200, errMsg: 'uploadFile:ok' })
    expect(await upload(open(), { url: `${DOMAIN}/refuse` })).toMatchObject({ statusCode: 401, data: '{"id":7}' })
  })

  it('tells how far it is, to the end, and the head of the answer', async () => {
    const device = open()
    const told: UploadProgress[] = []
    const heads: number[] = []
    await upload(device, { filePath: device.keepFile(Buffer.alloc(300_000)) }, (task: { onProgressUpdate(listener: (progress: UploadProgress) => void): void, onHeadersReceived(listener: (head: { statusCode: number }) => void): void }) => {
      task.onProgressUpdate((progress) => told.push(progress))
      task.onHeadersReceived(({ statusCode }) => heads.push(statusCode))
    })
    expect(told.length).toBeGreaterThan(2)
    const last = told.at(-1)
    expect(last).toMatchObject({ progress: 100, totalBytesSent: last?.totalBytesExpectedToSend })
    expect(last?.totalBytesSent).toBeGreaterThan(300_000)
    expect(heads).toEqual([200])
  })

  it('ends when it is aborted, and after its timeout', async () => {
    const device = open()
    expect(await failureOf(upload(device, { url: `${DOMAIN}/wait` }, (task: { abort(): void }) => task.abort()))).toEqual({ errMsg: 'uploadFile:fail abort' })
    const late = failureOf(upload(device, { url: `${DOMAIN}/wait`, timeout: 3000 }))
    emulator.clock.advance(3000)
    expect(await late).toEqual({ errMsg: 'uploadFile:fail timeout', errno: 5 })
  })

  it('fails on a file that is not there and on a domain of another list', async () => {
    expect(await failureOf(upload(open(), { filePath: 'wxfile://tmp_gone.png' }))).toEqual({ errMsg: 'uploadFile:fail file not found' })
    expect(await failureOf(upload(open({ uploadDomains: {} })))).toEqual({ errMsg: 'uploadFile:fail url not in domain list', errno: 600002 })
  })

  it('never returns a promise', () => {
    const device = open()
    expect(device.wx.uploadFile({ url: DOMAIN, filePath: 'none', name: 'a' })).not.toHaveProperty('then')
  })
})

describe('wx.downloadFile', () => {
  it('keeps the file under a temporary path that an upload can send', async () => {
    const device = open()
    const { tempFilePath, statusCode } = await call(device, 'downloadFile', { url: `${DOMAIN}/picture` })
    expect([statusCode, device.files.get(String(tempFilePath))]).toEqual([200, { type: 'image/png', bytes: PNG }])
    await upload(device, { filePath: String(tempFilePath) })
    expect(Buffer.from(await (seen.at(-1)?.form?.get('avatar') as File).arrayBuffer())).toEqual(PNG)
  })

  it('keeps it where it was told, and an error page too', async () => {
    const device = open()
    expect(await call(device, 'downloadFile', { url: `${DOMAIN}/refuse`, filePath: 'wxfile://usr/a.json' })).toEqual({ statusCode: 401, filePath: 'wxfile://usr/a.json', errMsg: 'downloadFile:ok' })
    expect(device.files.get('wxfile://usr/a.json')?.bytes.toString()).toBe('{"id":7}')
  })

  it('tells how far it is', async () => {
    const told: unknown[] = []
    await call(open(), 'downloadFile', { url: `${DOMAIN}/picture` }, (task: { onProgressUpdate(listener: (progress: unknown) => void): void }) => task.onProgressUpdate((progress) => told.push(progress)))
    expect(told).toEqual([{ progress: 100, totalBytesWritten: PNG.length, totalBytesExpectedToWrite: PNG.length }])
  })

  it('gives up a download of more than 200 MB', async () => {
    expect(await failureOf(call(open(), 'downloadFile', { url: `${DOMAIN}/large` }))).toEqual({ errMsg: 'downloadFile:fail exceed max file size' })
  })

  it('refuses a domain of another list', async () => {
    expect(await failureOf(call(open({ downloadDomains: {} }), 'downloadFile', { url: `${DOMAIN}/picture` }))).toMatchObject({ errMsg: 'downloadFile:fail url not in domain list', errno: 600002 })
  })
})

it('shares ten slots among requests, uploads and downloads: the eleventh waits', async () => {
  const device = open()
  const tasks = Array.from({ length: 10 }, (_, i) => i % 2 === 0
    ? device.wx.request({ url: `${DOMAIN}/wait/${i}` })
    : device.wx.downloadFile({ url: `${DOMAIN}/wait/${i}` }))
  const eleventh = upload(device)
  await new Promise((resolve) => { setImmediate(resolve) })
  expect(seen).toEqual([])
  tasks[3]?.abort()
  expect(await eleventh).toMatchObject({ statusCode: 200 })
})

it('takes the timeouts of app.json where a call has none of its own', async () => {
  const device = open({ networkTimeout: { downloadFile: 2000 } })
  const [short, long] = [failureOf(call(device, 'downloadFile', { url: `${DOMAIN}/wait` })), call(device, 'downloadFile', { url: `${DOMAIN}/wait`, timeout: 9000 })]
  const later = failureOf(long)
  emulator.clock.advance(2000)
  expect(await short).toMatchObject({ errMsg: 'downloadFile:fail timeout' })
  emulator.clock.advance(7000)
  expect(await later).toMatchObject({ errMsg: 'downloadFile:fail timeout' })
})

it('forgets files with the mini program', () => {
  const device = open()
  const path = device.keepFile(PNG)
  device.erase()
  expect(open().files.get(path)).toBeUndefined()
})
