import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { createAuth, createHandler, generateKeyRing, serve } from '@tongxing/server'
import { expect, it } from 'vitest'
import { openStage } from './stage.js'

const CRLF = '\r\n'

function open(url: string): Promise<{ socket: Socket, said: () => string, closed: Promise<void> }> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => resolve({ socket, said: () => text, closed }))
    socket.on('data', (chunk: Buffer) => { text += chunk.toString() })
    const closed = new Promise<void>((end) => socket.on('close', () => end()))
  })
}

it('F32: finishes the login that is under way when it is told to stop, and closes the connection after it', async () => {
  const stage = await openStage()
  const service = await serve(stage.auth, { port: 0 })
  stage.emulator.fault({ path: '/sns/jscode2session', delayMs: 50 })
  const atWechat = new Promise<void>((resolve) => { stage.emulator.traffic.subscribe(() => resolve()) })
  const { socket, said, closed } = await open(service.url)
  const body = JSON.stringify({ appid: stage.appid, code: stage.emulator.issueCode({ appid: stage.appid, person: stage.person }) })
  socket.write(`POST /v1/login HTTP/1.1${CRLF}Host: x${CRLF}Content-Type: application/json${CRLF}Content-Length: ${Buffer.byteLength(body)}${CRLF}${CRLF}${body}`)
  await atWechat
  await Promise.all([service.close(), closed])
  expect(said()).toMatch(/^HTTP\/1\.1 200 OK/)
  expect(said()).toMatch(/connection: close/i)
})

it('serves the same through createHandler() for any server that knows Request and Response', async () => {
  const stage = await openStage()
  const handler = createHandler(stage.auth)
  const request = (path: string, init?: RequestInit) => handler(new Request(`https://api.example.com${path}`, init))
  const login = await request('/v1/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ appid: stage.appid, code: stage.code() }) })
  const { token } = await login.json() as { token: string }
  const headers = { authorization: `Bearer ${token}` }
  expect((await request('/v1/session', { headers })).headers.get('x-tongxing-appid')).toBe(stage.appid)
  expect((await request('/v1/me', { method: 'HEAD', headers })).status).toBe(200)
  expect((await (await request('/nothing')).json() as { code: string }).code).toBe('not_found')
  expect((await (await request('/v1/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: 'x'.repeat(20_000) })).json() as { code: string }).code).toBe('body_too_large')
})

it('says plainly that a body was read before it came to the handler', async () => {
  const stage = await openStage()
  const request = new Request('https://api.example.com/v1/login', { method: 'POST', body: '{}' })
  await request.text()
  await expect(createHandler(stage.auth)(request)).rejects.toThrow(/before body parsers/)
})

it('rejects with the system’s error when the port is taken', async () => {
  const stage = await openStage()
  await expect(serve(stage.auth, { port: Number(new URL(stage.url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

it('refuses to start with a ConfigError that names every mistake', async () => {
  await expect(createAuth({ apps: [], store: 'mongo:x', keys: generateKeyRing() })).rejects.toThrow(/^Tongxing configuration: "apps" [^;]+; "store" [^;]+$/)
})
