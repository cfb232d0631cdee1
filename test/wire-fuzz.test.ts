import { Agent } from 'node:http'
import { connect } from 'node:net'
import type { FaultRule } from '@tongxing/emulator'
import { serve, serveAdmin } from '@tongxing/server'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { AT_ONCE, faultOf, inTurns, send } from './fuzz-answers.js'
import type { Answer, Circumstances } from './fuzz-answers.js'
import { adminDrafts, drafts, rawRequests } from './fuzz-requests.js'
import type { Bearer, Draft } from './fuzz-requests.js'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'

const REQUESTS = process.env.LONG_TESTS ? 100_000 : 20_000
const ADMIN_REQUESTS = process.env.LONG_TESTS ? 10_000 : 2000
const TROUBLED_REQUESTS = process.env.LONG_TESTS ? 20_000 : 2000
const RAW_REQUESTS = process.env.LONG_TESTS ? 10_000 : 1000
const SEED = 20_261_125

/** Two people with fresh sessions, and everything else that a right request needs. */
async function openWorld(stage: Stage) {
  const key = (await stage.auth.apiKeys.create('fuzz')).key
  const { id: second } = stage.emulator.addPerson()
  const admin = (await stage.auth.apiKeys.create('fuzz operator', 'admin')).key
  // Not over HTTP: the stage's own service limits the logins of an address.
  const logIn = async (person = stage.person): Promise<string> => (await stage.auth.login({ appid: stage.appid, code: stage.code({ person }) })).token
  const tokens = { own: '', other: '', ended: '', key, admin, ticket: '', uid: '', otherUid: '' }
  return {
    async renew() {
      stage.emulator.clock.advance(60_000) // WeChat takes so many logins of one person a minute
      tokens.ended = await logIn()
      await stage.post('/v1/logout', {}, tokens.ended)
      tokens.own = await logIn()
      tokens.other = await logIn(second)
      const uids = await Promise.all([tokens.own, tokens.other].map(async (token) => (await stage.auth.verify(token)).uid))
      ;[tokens.uid, tokens.otherUid] = uids as [string, string]
      tokens.ticket = (await stage.post('/v1/tickets', {}, tokens.own)).json.ticket as string
    },
    uids: () => [tokens.uid, tokens.otherUid],
    bearer: (bearer: Bearer): string | undefined => (typeof bearer === 'object' ? bearer.text : bearer === 'none' ? undefined : `Bearer ${tokens[bearer]}`),
    fill(text: string): string {
      const user = { appid: stage.appid, person: stage.person }
      const signed = text.includes('<rawData>') ? stage.emulator.profileOf(user) : null
      return text.replace(/<(\w+)>/g, (whole, name: string) => {
        const made: Record<string, () => string | undefined> = { appid: () => stage.appid, code: () => stage.code(), phoneCode: () => stage.emulator.issuePhoneCode(user), ticket: () => tokens.ticket, token: () => tokens.own, uid: () => tokens.uid, otherUid: () => tokens.otherUid }
        const value = Object.hasOwn(made, name) ? made[name]?.() : (signed as Record<string, string> | null)?.[name]
        return value === undefined ? whole : JSON.stringify(value).slice(1, -1)
      })
    },
  }
}

type World = Awaited<ReturnType<typeof openWorld>>

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

/** A server without limits per address: the fuzz is one address. */
async function serveFuzz({ auth }: Pick<Stage, 'auth'>): Promise<string> {
  const service = await serve(auth, { port: 0, limits: false, idleGraceMs: 0 })
  onTestFinished(() => service.close())
  return service.url
}

const prototypes = (): string => JSON.stringify([Object.prototype, Array.prototype, String.prototype, Function.prototype].map((prototype) => Reflect.ownKeys(prototype).map(String)))

interface Fuzz extends Circumstances {
  readonly requests: readonly Draft[]
  readonly url: string
  readonly world: World
  /** Called before each hundred, when everything else is fresh. */
  readonly prepare?: (hundred: number) => void
}

/** Sends all requests; what was wrong with the answers, and how many had which status. */
async function fuzz({ requests, url, world, prepare, trouble = false }: Fuzz): Promise<{ faults: string[], seen: Map<number, number> }> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  onTestFinished(() => agent.destroy())
  const faults: string[] = []
  const seen = new Map<number, number>()
  for (let i = 0; i < requests.length; i += 100) {
    await world.renew()
    prepare?.(i / 100)
    await inTurns(requests.slice(i, i + 100), async ({ method, path, bearer, headers, body }) => {
      const authorization = world.bearer(bearer)
      const request = { method, path: world.fill(path), headers: { ...headers, ...(authorization !== undefined && { authorization }) }, body: body(world.fill) }
      const answer = await send(url, agent, request)
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
      const fault = faultOf(answer, { bodiless: method === 'HEAD', trouble })
      if (fault !== null) faults.push(`${method} ${request.path.slice(0, 80)} ${request.body?.toString().slice(0, 120)}: ${fault}`)
    })
  }
  return { faults, seen }
}

function expectSeen(seen: ReadonlyMap<number, number>, statuses: readonly number[]): void {
  expect(statuses.filter((status) => !seen.has(status))).toEqual([])
}

it(`T03, T19, T33: ${REQUESTS} right and spoilt requests of every route: no 5xx, and every error is a problem document of the table that repeats nothing`, async () => {
  const stage = await openStage()
  const [url, world, before] = [await serveFuzz(stage), await openWorld(stage), prototypes()]
  const { faults, seen } = await fuzz({ requests: fc.sample(drafts, { numRuns: REQUESTS, seed: SEED }), url, world })
  expect(faults).toEqual([])
  expectSeen(seen, [200, 204, 400, 401, 404, 405, 413, 415, 422])
  expect(prototypes()).toBe(before)
  expect((await stage.send('GET', '/healthz', { at: url })).status).toBe(200)
}, 1_200_000)

it(`T32, T33: ${ADMIN_REQUESTS} right and spoilt requests at the admin listener: no 5xx, and every error is a problem document of the table that repeats nothing`, async () => {
  const stage = await openStage()
  const world = await openWorld(stage)
  const service = await serveAdmin(stage.auth, { port: 0 })
  onTestFinished(() => service.close())
  const renewed = {
    ...world,
    async renew() {
      await stage.auth.apps.enable(stage.appid)
      for (const uid of world.uids()) await stage.auth.users.unban(uid)
      await world.renew()
    },
  }
  const { faults, seen } = await fuzz({ requests: fc.sample(adminDrafts, { numRuns: ADMIN_REQUESTS, seed: SEED }), url: service.url, world: renewed })
  expect(faults).toEqual([])
  expectSeen(seen, [200, 204, 400, 401, 404, 405])
  expect((await stage.auth.audit.verify()).intact).toBe(true)
}, 600_000)

/** How long the server that is asked waits for WeChat. */
const DEADLINE_MS = 150

/** What goes wrong at WeChat, one after another. */
const TROUBLES: readonly Omit<FaultRule, 'where'>[] = [
  ...[-1, 40001, 40013, 40029, 40163, 40226, 42001, 45009, 45011, 99999].map((errcode) => ({ errcode })),
  { delayMs: 20 }, { delayMs: 10 * DEADLINE_MS }, { drop: true }, { drop: true, after: true }, { truncate: true }, { garble: true }, { html502: true }, { status: 500 }, { body: '' }, { body: 'null' }, { body: '[]' }, { body: '{"errcode":"0"}' }, { body: `{"openid":${'9'.repeat(5000)}}` }, { body: '{"openid":"o","session_key":"x"}' },
]
const PLACES = ['/sns/jscode2session', '/wxa/business/getuserphonenumber', '/cgi-bin/stable_token']

it(`F01, F05, F06: ${TROUBLED_REQUESTS} right and spoilt requests while WeChat fails in ${TROUBLES.length} ways: every answer is one of the table, no error is our own, and afterwards all is well`, async () => {
  const stage = await openStage()
  // The logins that a hundred begins with are made by the stage's own server, which is patient.
  const [url, world] = [await serveFuzz(await stage.another({ wechat: { timeoutMs: DEADLINE_MS } })), await openWorld(stage)]
  const prepare = (hundred: number): void => {
    stage.emulator.faults.clear()
    for (const [i, where] of PLACES.entries()) stage.emulator.fault({ where, ...TROUBLES[(hundred + i) % TROUBLES.length]!, probability: 0.5 })
  }
  const renewed = {
    ...world,
    async renew() {
      stage.emulator.faults.clear()
      // An API whose quota is used up is left alone for an hour.
      stage.emulator.clock.advance(61 * 60_000)
      await world.renew()
    },
  }
  const { faults, seen } = await fuzz({ requests: fc.sample(drafts, { numRuns: TROUBLED_REQUESTS, seed: SEED + 1 }), url, world: renewed, prepare, trouble: true })
  expect(faults).toEqual([])
  expectSeen(seen, [200, 400, 401, 502, 503])
  // How many calls met the late answer is chance: one must.
  await renewed.renew()
  stage.emulator.fault({ where: '/sns/jscode2session', delayMs: 10 * DEADLINE_MS })
  expect((await stage.send('POST', '/v1/login', { body: { appid: stage.appid, code: stage.code() }, at: url })).json).toMatchObject({ code: 'wx_timeout', action: 'relogin' })
  await renewed.renew()
  expect(await stage.login()).toMatch(/^txs_/)
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
