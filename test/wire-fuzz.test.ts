import { Agent, request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { ERRORS } from '@tongxing/protocol'
import type { ErrorCode } from '@tongxing/protocol'
import { serve } from '@tongxing/server'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { MARK, drafts, rawRequests } from './fuzz-requests.js'
import type { Bearer, Draft } from './fuzz-requests.js'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

const REQUESTS = process.env.LONG_TESTS ? 50_000 : 10_000
const RAW_REQUESTS = process.env.LONG_TESTS ? 10_000 : 1000
const AT_ONCE = 16
const SEED = 20_261_125

interface Answer { readonly status: number, readonly headers: IncomingHttpHeaders, readonly text: string }

/** What is wrong with an answer: nothing may be 5xx here, for WeChat and the database are well, and every error is one of the table. */
function faultOf({ status, headers, text }: Answer, bodiless = false): string | null {
  if (status >= 500) return `5xx: ${status} ${text}`
  if (headers['x-content-type-options'] !== 'nosniff') return 'no nosniff'
  if (status < 400) return null
  if (headers['content-type'] !== 'application/problem+json; charset=utf-8') return `type ${headers['content-type']}`
  if (headers['cache-control'] !== 'no-store' || headers['x-request-id'] === undefined) return 'headers'
  if (status === 405 && headers.allow === undefined) return '405 without Allow'
  if (status === 401 && headers['www-authenticate'] === undefined) return '401 without WWW-Authenticate'
  return bodiless ? null : faultOfProblem(status, text)
}

function faultOfProblem(status: number, text: string): string | null {
  const { code, type, title, action, ...rest } = JSON.parse(text) as { code: ErrorCode, type: string, title: string, action: string, status: number }
  if (!Object.hasOwn(ERRORS, code)) return `unknown code ${code}`
  const row = ERRORS[code]
  if (row.status !== status || rest.status !== status) return `${code} with ${status}`
  if (type !== `urn:tongxing:error:${code}` || ![row.zh, row.en].includes(title as never)) return `${code}: type or title`
  if (!['relogin', 'retry_later', 'fix_request', 'ask_user', 'contact_admin', 'none'].includes(action)) return `${code}: action ${action}`
  return text.includes(MARK) ? `${code} repeats its input` : null
}

/** Two people with fresh sessions, and everything else that a right request needs. */
async function openWorld(stage: Stage) {
  const key = (await stage.auth.apiKeys.create('fuzz')).key
  const { id: second } = stage.emulator.addPerson()
  const tokens = { own: '', other: '', ended: '', key, ticket: '' }
  return {
    async renew() {
      stage.emulator.clock.advance(60_000) // WeChat takes so many logins of one person a minute
      tokens.ended = await stage.login()
      await stage.post('/v1/logout', {}, tokens.ended)
      tokens.own = await stage.login()
      tokens.other = await stage.login(second)
      tokens.ticket = (await stage.post('/v1/tickets', {}, tokens.own)).json.ticket as string
    },
    bearer: (bearer: Bearer): string | undefined => (typeof bearer === 'object' ? bearer.text : bearer === 'none' ? undefined : `Bearer ${tokens[bearer]}`),
    fill(text: string): string {
      const user = { appid: stage.appid, person: stage.person }
      const signed = text.includes('<rawData>') ? stage.emulator.profileOf(user) : null
      return text.replace(/<(\w+)>/g, (whole, name: string) => {
        const made: Record<string, () => string | undefined> = { appid: () => stage.appid, code: () => stage.code(), phoneCode: () => stage.emulator.issuePhoneCode(user), ticket: () => tokens.ticket, token: () => tokens.own }
        const value = Object.hasOwn(made, name) ? made[name]?.() : (signed as Record<string, string> | null)?.[name]
        return value === undefined ? whole : JSON.stringify(value).slice(1, -1)
      })
    },
  }
}

type World = Awaited<ReturnType<typeof openWorld>>

/** Sends one request over a kept connection; once more when the server had just closed the one it was put on. */
function send(url: string, agent: Agent, { method, path, bearer, headers, body }: Draft, world: World): Promise<Answer> {
  const bytes = body(world.fill)
  const authorization = world.bearer(bearer)
  return new Promise((resolve, reject) => {
    const attempt = (): void => {
      const outgoing = httpRequest(url, { agent, method, path, headers: { ...headers, ...(authorization !== undefined && { authorization }), ...(bytes !== null && { 'content-length': bytes.length }) } }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }))
      })
      outgoing.on('error', (error) => (outgoing.reusedSocket ? attempt() : reject(error)))
      outgoing.end(bytes ?? undefined)
    }
    attempt()
  })
}

/** The answers that came back for some bytes, until the server closed. */
function sendRaw(url: string, bytes: string): Promise<Answer[]> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => socket.end(Buffer.from(bytes, 'latin1')))
    socket.on('data', (chunk: Buffer) => { text += chunk.toString('latin1') })
    // A peer that stops reading what it refused resets: what it said before counts.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answersOf(text)))
  })
}

function answersOf(text: string): Answer[] {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return []
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
  const from = end + 4
  const to = from + Number(headers['content-length'] ?? 0)
  return [{ status: Number(first.split(' ')[1]), headers, text: Buffer.from(text.slice(from, to), 'latin1').toString() }, ...answersOf(text.slice(to))]
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]()
  await Promise.all(Array.from({ length: AT_ONCE }, async () => { for (const item of left) await work(item) }))
}

/** A server without limits per address: the fuzz is one address. */
async function serveFuzz(stage: Stage): Promise<string> {
  const service = await serve(stage.auth, { port: 0, limits: false })
  onTestFinished(() => service.close())
  return service.url
}

const prototypes = (): string => JSON.stringify([Object.prototype, Array.prototype, String.prototype, Function.prototype].map((prototype) => Reflect.ownKeys(prototype).map(String)))

it(`T03, T19, T33: ${REQUESTS} right and spoilt requests of every route: no 5xx, and every error is a problem document of the table that repeats nothing`, async () => {
  const stage = await openStage()
  const [url, world, before] = [await serveFuzz(stage), await openWorld(stage), prototypes()]
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  onTestFinished(() => agent.destroy())
  const faults: string[] = []
  const seen = new Map<number, number>()
  const requests = fc.sample(drafts, { numRuns: REQUESTS, seed: SEED })
  for (let i = 0; i < requests.length; i += 100) {
    await world.renew()
    await inTurns(requests.slice(i, i + 100), async (draft) => {
      const answer = await send(url, agent, draft, world)
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
      const fault = faultOf(answer, draft.method === 'HEAD')
      if (fault !== null) faults.push(`${draft.method} ${draft.path.slice(0, 80)} ${draft.body(String)?.toString().slice(0, 120)}: ${fault}`)
    })
  }
  expect(faults).toEqual([])
  for (const status of [200, 204, 400, 401, 404, 405, 413, 415, 422]) expect([status, seen.get(status) ?? 0]).toEqual([status, expect.toSatisfy((count: number) => count > 0)])
  expect(prototypes()).toBe(before)
  expect((await stage.send('GET', '/healthz', { at: url })).status).toBe(200)
}, 600_000)

it(`T44: ${RAW_REQUESTS} requests that no library would send: no 5xx, whatever is answered is a problem document, every connection ends, and the server goes on`, async () => {
  const stage = await openStage()
  const url = await serveFuzz(stage)
  const faults: string[] = []
  let answered = 0
  await inTurns(fc.sample(rawRequests, { numRuns: RAW_REQUESTS, seed: SEED }), async (bytes) => {
    const answers = await sendRaw(url, bytes)
    answered += answers.length
    const fault = answers.map((answer) => faultOf(answer)).find((one) => one !== null)
    if (fault) faults.push(`${JSON.stringify(bytes.slice(0, 200))}: ${fault}`)
  })
  expect(faults).toEqual([])
  expect(answered).toBeGreaterThan(RAW_REQUESTS / 2)
  expect((await stage.send('GET', '/healthz', { at: url })).status).toBe(200)
}, 600_000)
