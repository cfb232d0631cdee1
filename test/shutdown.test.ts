import { Agent, request as httpRequest } from 'node:http'
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
  const service = await serve(stage.auth, { port: 0, idleGraceMs: 0 })
  stage.emulator.fault({ where: '/sns/jscode2session', delayMs: 50 })
  const atWechat = new Promise<void>((resolve) => { stage.emulator.traffic.subscribe(() => resolve()) })
  const { socket, said, closed } = await open(service.url)
  const body = JSON.stringify({ appid: stage.appid, code: stage.emulator.issueCode({ appid: stage.appid, person: stage.person }) })
  socket.write(`POST /v1/login HTTP/1.1${CRLF}Host: x${CRLF}Content-Type: application/json${CRLF}Content-Length: ${Buffer.byteLength(body)}${CRLF}${CRLF}${body}`)
  await atWechat
  await Promise.all([service.close(), closed])
  expect(said()).toMatch(/^HTTP\/1\.1 200 OK/)
  expect(said()).toMatch(/connection: close/i)
})

interface KeptClient {
  /** Resolves when the first request is answered. */
  readonly connected: Promise<void>
  /** What ended it: an answer that told it to leave, or an error. */
  readonly end: Promise<string>
}

/** Asks over one kept connection, one request after another, until it is told to leave it. */
function askOverOneConnection(url: string, token: string): KeptClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (): Promise<string> => new Promise((resolve) => {
    const outgoing = httpRequest(`${url}/v1/session`, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume().on('end', () => resolve(`${response.statusCode} ${response.headers.connection}`))
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).end()
  })
  const first = ask()
  const end = (async () => {
    let answer = await first
    while (answer === '200 keep-alive') answer = await ask()
    agent.destroy()
    return answer
  })()
  return { connected: first.then(() => undefined), end }
}

it('IN-ANY-DRAIN, F32: of clients that ask over kept connections all the while none is reset by five shutdowns: each is answered, and told to leave', async () => {
  const stage = await openStage()
  const token = await stage.login()
  for (let round = 0; round < 5; round++) {
    const service = await serve(stage.auth, { port: 0 })
    const clients = Array.from({ length: 16 }, () => askOverOneConnection(service.url, token))
    await Promise.all(clients.map(({ connected }) => connected))
    await service.close()
    expect(await Promise.all(clients.map(({ end }) => end))).toEqual(clients.map(() => '200 close'))
  }
})

it('F32: a kept connection that brings no request is cut when its grace is over, and holds up no shutdown', async () => {
  const stage = await openStage()
  const service = await serve(stage.auth, { port: 0, idleGraceMs: 100 })
  const idle = await open(service.url)
  idle.socket.write(`GET /healthz HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`)
  await new Promise((resolve) => idle.socket.once('data', resolve))
  const startedAt = performance.now()
  await Promise.all([service.close(), idle.closed])
  expect(performance.now() - startedAt).toBeLessThan(5000)
})

it('survives peers that reset their connection after a CONNECT or garbage', async () => {
  const stage = await openStage()
  for (let round = 0; round < 60; round++) {
    const { socket, closed } = await open(stage.url)
    socket.on('error', () => undefined)
    socket.write(round % 2 ? `CONNECT x:1 HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}` : `garbage${CRLF}${CRLF}`)
    socket.resetAndDestroy()
    await closed
  }
  expect((await stage.send('GET', '/healthz')).status).toBe(200)
})

it('stops in time although peers keep a connection open without a byte, or their half of it', async () => {
  const stage = await openStage()
  const service = await serve(stage.auth, { port: 0 })
  const { hostname, port } = new URL(service.url)
  const silent = connect({ host: hostname, port: Number(port) })
  const halfOpen = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  for (const socket of [silent, halfOpen]) socket.on('error', () => undefined)
  halfOpen.write(`CONNECT x:1 HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`)
  await new Promise((resolve) => halfOpen.once('data', resolve))
  const startedAt = performance.now()
  await service.close()
  expect(performance.now() - startedAt).toBeLessThan(5000)
  for (const socket of [silent, halfOpen]) socket.destroy()
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

it('T50, SEC-NA-8FPG: refuses to start with a ConfigError that names every mistake', async () => {
  await expect(createAuth({ apps: [], store: 'mongo:x', keys: generateKeyRing() })).rejects.toThrow(/^Tongxing configuration: "apps" [^;]+; "store" [^;]+$/)
})

it('IN-HEALTH-STORE, IN-HEALTH-VERSIONS: is healthy and ready while the database answers, and says no more than that; without it still healthy, and not ready', async () => {
  const stage = await openStage()
  const answer = async (route: string) => (await stage.send('GET', route)).text
  expect([await answer('/healthz'), await answer('/readyz')]).toEqual(['{"status":"ok"}', '{"status":"ready"}'])
  const { auth } = await stage.another()
  const handler = createHandler(auth)
  await auth.close()
  const get = (route: string) => handler(new Request(`https://api.example.com${route}`))
  expect((await get('/healthz')).status).toBe(200)
  expect(await (await get('/readyz')).json()).toMatchObject({ status: 503, code: 'store_unavailable', action: 'retry_later' })
})
