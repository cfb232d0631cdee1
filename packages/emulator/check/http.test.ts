import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { exchange } from './http.js'

it.each<[string, (socket: Socket) => void, object]>([
  ['an answer', (socket) => { socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok') }, { status: 200, text: 'ok' }],
  ['no answer', (socket) => { socket.destroy() }, { status: 0, lost: 'ECONNRESET' }],
  ['an answer that breaks off', (socket) => { socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf') }, { status: 0, lost: 'ECONNRESET' }],
])('%s leaves no timer behind that would hold up the end of the command', async (_name, answer, expected) => {
  const server = createServer((socket) => void socket.once('data', () => answer(socket))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    vi.useRealTimers()
    server.close()
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  expect(await exchange({ method: 'GET', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, headers: {}, timeoutMs: 60_000 })).toMatchObject(expected)
  await expect.poll(() => vi.getTimerCount()).toBe(0)
})
