import { Agent, request as requestHttp } from 'node:http'
import { Agent as TlsAgent, request as requestHttps } from 'node:https'
import { expect, it, onTestFinished } from 'vitest'
import { createEmulator } from './emulator.js'

async function open() {
  const emulator = await createEmulator({ tls: true })
  onTestFinished(() => emulator.close())
  return emulator
}

/** As the JDK's HttpClient sends it, the body in two parts. */
function ask(agent: Agent | TlsAgent, address: string, path: string, body?: object): Promise<{ json: Record<string, unknown>, reused: boolean }> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body))
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAEAAEAAAAIAAAAA', ...body !== undefined && { 'content-type': 'application/json', 'content-length': bytes.length } }
    const send = address.startsWith('https:') ? requestHttps : requestHttp
    const outgoing = send(address + path, { method: body === undefined ? 'GET' : 'POST', agent, headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => { text += String(chunk) }).on('end', () => resolve({ json: JSON.parse(text) as Record<string, unknown>, reused: outgoing.reusedSocket }))
    })
    outgoing.on('error', reject)
    outgoing.write(bytes.subarray(0, 10), () => outgoing.end(bytes.subarray(10)))
  })
}

it('answers who would like HTTP/2 as everybody else: the HttpClient of the JDK, with and without a body', async () => {
  const emulator = await open()
  const [app] = emulator.apps
  const agent = new Agent()
  const { json: { code } } = await ask(agent, emulator.url, '/_emulator/login', { appid: app?.appid, person: 'xiaoming' })
  expect(code).toMatch(/^\w+$/)
  const { json } = await ask(agent, emulator.url, `/sns/jscode2session?appid=${app?.appid}&secret=${app?.secret}&grant_type=authorization_code&js_code=${String(code)}`)
  expect(json).toMatchObject({ openid: expect.stringMatching(/^o/) as string })
})

it('answers it over https too', async () => {
  const emulator = await open()
  const agent = new TlsAgent({ ca: emulator.tls?.ca })
  expect((await ask(agent, emulator.tls?.url ?? '', '/_emulator/clock')).json).toEqual({ now: expect.any(Number) as number })
})

it('keeps the connection for the next request', async () => {
  const emulator = await open()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  await ask(agent, emulator.url, '/_emulator/clock')
  expect(await ask(agent, emulator.url, '/_emulator/clock')).toEqual({ json: { now: expect.any(Number) as number }, reused: true })
})
