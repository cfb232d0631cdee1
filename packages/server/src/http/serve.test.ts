import { connect } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { isAuthError } from '../errors.js'
import type { Dispatch } from './dispatch.js'
import { listenWith } from './serve.js'

const CRLF = '\r\n'

/** Answers when the body is there. */
const dispatch: Dispatch = async (call) => {
  const failure = await call.bytes(100).then(() => null, (error: unknown) => (isAuthError(error) ? error.code : 'other'))
  return { status: failure === null ? 200 : 400, headers: {}, body: failure ?? 'whole' }
}

it.each([
  ['a head', `POST / HTTP/1.1${CRLF}Host: x${CRLF}`],
  ['a body', `POST / HTTP/1.1${CRLF}Host: x${CRLF}Content-Length: 20${CRLF}${CRLF}half`],
  ['a chunked body', `POST / HTTP/1.1${CRLF}Host: x${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}4${CRLF}half${CRLF}`],
])('IN-ANY-UNFINISHED: %s that does not end is told request_timeout once, and the connection closes', async (_name, bytes) => {
  const service = await listenWith(dispatch, { port: 0, host: '127.0.0.1', idleGraceMs: 0, requestTimeoutMs: 150 })
  onTestFinished(() => service.close())
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1', () => socket.write(bytes))
  let said = ''
  for await (const chunk of socket) said += String(chunk)
  expect(said).toMatch(/^HTTP\/1\.1 408 /)
  const [head = '', body = '', ...more] = said.split(CRLF + CRLF)
  expect(head).toMatch(/^connection: close$/m)
  expect([JSON.parse(body), more]).toMatchObject([{ status: 408, code: 'request_timeout', action: 'retry_later' }, []])
})

it('T41: a client that takes no byte of its answer is cut, and what it held is free', async () => {
  const large = Buffer.alloc(64 * 1024 * 1024)
  const service = await listenWith(async () => ({ status: 200, headers: {}, body: large }), { port: 0, host: '127.0.0.1', idleGraceMs: 0, requestTimeoutMs: 60 })
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1', () => socket.write(`GET / HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`))
  socket.on('error', () => undefined)
  await new Promise<void>((resolve) => socket.once('readable', resolve))
  const startedAt = performance.now()
  // Ends when its last connection has: without a limit, after ten seconds.
  await service.close()
  expect(performance.now() - startedAt).toBeLessThan(5000)
  socket.destroy()
})

it('F32: an answer that is on its way to a slow reader arrives whole, though the server is told to stop', async () => {
  const large = Buffer.alloc(64 * 1024 * 1024, 'a')
  const service = await listenWith(async () => ({ status: 200, headers: { 'content-length': String(large.length) }, body: large }), { port: 0, host: '127.0.0.1', idleGraceMs: 0 })
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1', () => socket.write(`GET / HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`))
  await new Promise<void>((resolve) => socket.once('readable', resolve))
  const closed = service.close()
  // Behind the timer that ends the grace.
  await new Promise((resolve) => setTimeout(resolve, 1))
  let read = 0
  for await (const chunk of socket) read += (chunk as Buffer).length
  expect(read).toBeGreaterThan(large.length)
  await closed
})

it('F32: a request that came while the process stood still through the grace is answered', async () => {
  const service = await listenWith(dispatch, { port: 0, host: '127.0.0.1', idleGraceMs: 1 })
  const ask = `GET / HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1', () => socket.write(ask))
  await new Promise<void>((resolve) => socket.once('data', () => resolve()))
  const closed = service.close()
  socket.write(ask)
  // A garbage collection, a machine with other work: the timer is due before the request is read.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
  let said = ''
  for await (const chunk of socket) said += String(chunk)
  expect(said).toMatch(/^HTTP\/1\.1 200 OK[^]*connection: close[^]*whole$/i)
  await closed
})
