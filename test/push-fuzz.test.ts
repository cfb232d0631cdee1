import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@tongxing/server'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { AT_ONCE, faultOf, inTurns, send } from './fuzz-answers.js'
import type { Filled } from './fuzz-answers.js'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

const PUSHES = process.env.LONG_TESTS ? 20_000 : 2000
const SEED = 20_261_125
const SECRETS = { token: 'AAAAA', encodingAESKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }
const EVENTS = ['user_info_modified', 'user_authorization_revoke', 'something_new']

/** Keeps what WeChat delivers: requests with true signatures, to be sent on whole or spoilt. */
async function openCollector(): Promise<{ url: string, take: () => Filled }> {
  const requests: Filled[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      requests.push({ method: 'POST', path: request.url!, headers: { 'content-type': request.headers['content-type'] ?? 'text/xml' }, body: Buffer.concat(chunks) })
      response.end('success')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, take: () => requests.pop()! }
}

/** Deliveries of each event, plain and sealed, JSON and XML, by mode: the address that takes it comes with it. */
async function collect(stage: Stage): Promise<Filled[]> {
  const collector = await openCollector()
  const collected: Filled[] = []
  for (const [i, mode] of (['plain', 'safe'] as const).entries()) {
    const app = stage.emulator.apps[i]!
    for (const format of ['json', 'xml'] as const) {
      app.push = { url: `${collector.url}/v1/wechat/push/${app.appid}`, ...SECRETS, mode, format }
      for (const event of EVENTS) {
        await stage.emulator.push({ appid: app.appid, person: stage.person, event, revokeInfo: '8' })
        collected.push(collector.take())
      }
    }
  }
  return collected
}

type Spoil = (request: Filled) => Filled
const onBody = (change: (body: Buffer) => Buffer): Spoil => (request) => ({ ...request, body: change(request.body!) })
const onQuery = (change: (query: URLSearchParams) => void): Spoil => (request) => {
  const { pathname, searchParams } = new URL(request.path, 'http://x')
  change(searchParams)
  return { ...request, path: `${pathname}?${searchParams.toString()}` }
}
const names = fc.constantFrom('signature', 'timestamp', 'nonce', 'msg_signature', 'encrypt_type', 'echostr')
const texts = fc.oneof(fc.constantFrom('', '0', '-1', '1e99', 'aes', 'raw', '%', '\u0000', 'f'.repeat(40), 'x'.repeat(3000)), fc.string({ unit: 'binary', maxLength: 30 }))
const at = fc.nat(1000)

const spoils: fc.Arbitrary<Spoil> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Spoil>((request) => request) },
  { weight: 3, arbitrary: fc.tuple(names, texts).map(([name, text]) => onQuery((query) => query.set(name, text))) },
  { weight: 1, arbitrary: fc.tuple(names, texts).map(([name, text]) => onQuery((query) => query.append(name, text))) },
  { weight: 1, arbitrary: names.map((name) => onQuery((query) => query.delete(name))) },
  { weight: 3, arbitrary: fc.tuple(at, fc.nat(255)).map(([where, byte]) => onBody((body) => Buffer.concat([body.subarray(0, where % body.length), Buffer.from([byte]), body.subarray(where % body.length + 1)]))) },
  { weight: 2, arbitrary: at.map((end) => onBody((body) => body.subarray(0, end % body.length))) },
  { weight: 1, arbitrary: fc.tuple(at, texts).map(([where, text]) => onBody((body) => Buffer.concat([body.subarray(0, where % body.length), Buffer.from(text), body.subarray(where % body.length)]))) },
  { weight: 1, arbitrary: fc.constantFrom('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Event>&e;</Event></xml>', `${'<a>'.repeat(5000)}`, '<xml><Event><![CDATA[x', `${'{"a":'.repeat(2000)}`, '{"__proto__":{"Event":"user_info_modified"}}', '{"Encrypt":{}}', '{"Encrypt":"AAAA"}', '[]', 'null', 'x'.repeat(200_000)).map((text) => onBody(() => Buffer.from(text))) },
  { weight: 1, arbitrary: fc.constantFrom('GET', 'PUT', 'DELETE', 'HEAD').map<Spoil>((method) => (request) => ({ ...request, method, body: null })) },
  { weight: 1, arbitrary: fc.constantFrom('application/json', 'text/xml', 'text/plain', 'application/x-www-form-urlencoded', ';').map<Spoil>((type) => (request) => ({ ...request, headers: { 'content-type': type } })) },
)

it(`T07, T33: ${PUSHES} of WeChat’s signed events, plain and sealed, JSON and XML, whole and spoilt: no 5xx, every refusal is a problem document, and the whole ones are taken`, async () => {
  const stage = await openStage({ emulator: { apps: [{}, {}] } })
  const modes = ['plain', 'safe'] as const
  await stage.restart({ apps: stage.emulator.apps.map(({ appid, secret }, i) => ({ appid, secret, push: { ...SECRETS, mode: modes[i]! } })) })
  const service = await serve(stage.auth, { port: 0, limits: false, idleGraceMs: 0 })
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  onTestFinished(async () => {
    agent.destroy()
    await service.close()
  })
  const events = await collect(stage)
  const faults: string[] = []
  const seen = new Map<number, number>()
  const requests = fc.sample(fc.tuple(fc.nat(events.length - 1), spoils), { numRuns: PUSHES, seed: SEED })
  await inTurns([...events, ...requests.map(([i, spoil]) => spoil(events[i]!))], async (request) => {
    const answer = await send(service.url, agent, request)
    seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
    const fault = faultOf(answer, { bodiless: request.method === 'HEAD' })
    if (fault !== null) faults.push(`${request.method} ${request.path.slice(0, 120)} ${request.body?.toString('latin1').slice(0, 120)}: ${fault}`)
  })
  expect(faults).toEqual([])
  expect([200, 403].filter((status) => !seen.has(status))).toEqual([])
  for (const event of events) expect((await send(service.url, agent, event)).text).toBe('success')
}, 600_000)
