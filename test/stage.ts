import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createClient } from '@tongxing/client'
import type { Client, ClientOptions } from '@tongxing/client'
import { createEmulator } from '@tongxing/emulator'
import type { Device, DeviceOptions, Emulator, EmulatorOptions } from '@tongxing/emulator'
import { createAuth, serve } from '@tongxing/server'
import type { Auth, AuthOptions, Service } from '@tongxing/server'
import { pino } from 'pino'
import { beforeAll, onTestFinished } from 'vitest'
import { watchLeaks } from './leak-watch.js'

/** The domain that mini programs in these tests call. */
export const DOMAIN = 'https://api.demo.test'

/** An emulator, servers at it, and phones: what a login runs through. Everything ends with the test. */
export interface Stage {
  readonly emulator: Emulator
  readonly appid: string
  /** Id of the first person. */
  readonly person: string
  readonly dataDir: string
  /** Every line that the servers logged, at level debug. */
  readonly logs: readonly string[]
  readonly auth: Auth
  readonly url: string
  /** A fresh code of wx.login. */
  code(user?: { appid?: string, person?: string }): string
  /** Ends the server, lets something happen while it is down, and starts it again on the same data. */
  restart(options?: Partial<AuthOptions>, meanwhile?: () => Promise<void>): Promise<void>
  /** A second server beside the first, on the same data. */
  another(options?: Partial<AuthOptions>): Promise<Server>
  post(route: string, body: unknown, token?: string): Promise<Reply>
  send(method: string, route: string, options?: { body?: unknown, token?: string, headers?: Record<string, string>, at?: string }): Promise<Reply>
  login(person?: string): Promise<string>
  phone(options?: Partial<DeviceOptions>): { device: Device, client: Client }
  client(device: Device, options?: Partial<ClientOptions>): Client
}

/** One running server. */
export interface Server {
  readonly auth: Auth
  readonly service: Service
}

/** An answer, read whole. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Record<string, unknown>
}

/** What a stage is made of. */
export interface StageOptions {
  /** Merged into the server's options. */
  readonly server?: Partial<AuthOptions>
  /** Merged into the emulator's options. */
  readonly emulator?: EmulatorOptions
  /** A back end of another make around the same Auth. Default: `serve`. */
  readonly backEnd?: (auth: Auth, options: { readonly port: number, readonly emulator: Emulator }) => Promise<Service>
  /** Takes what ends a part of the stage; what was opened last ends first. Default: it ends with the test. */
  readonly atEnd?: (end: () => void | Promise<void>) => void
}

/** One stage for all tests of a file, for tables of requests that leave nothing behind. Read it inside a test. */
export function shareStage(options: StageOptions = {}): () => Stage {
  let stage: Stage | undefined
  beforeAll(async () => {
    const ends: (() => void | Promise<void>)[] = []
    stage = await openStage({ ...options, atEnd: (end) => void ends.unshift(end) })
    return async () => { for (const end of ends) await end() }
  })
  return () => stage!
}

/** Opens a stage. */
export async function openStage({ server = {}, emulator: emulated = {}, backEnd = serveAtOnce, atEnd = onTestFinished }: StageOptions = {}): Promise<Stage> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-flow-'))
  atEnd(() => rmSync(dataDir, { recursive: true, force: true }))
  const emulator = await createEmulator(emulated)
  const leaks = watchLeaks()
  leaks.wechat(emulator.url)
  const logs: string[] = []
  atEnd(() => leaks.check({ appSecrets: emulator.apps.map(({ secret }) => secret), logs, dataDir }))
  atEnd(() => emulator.close())
  const [{ appid }] = emulator.apps as unknown as [{ appid: string }]
  const [{ id: person }] = emulator.people as unknown as [{ id: string }]
  const running: Server[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void logs.push(line) })
  atEnd(async () => { for (const one of running) await stop(one) })

  async function start(options: Partial<AuthOptions>): Promise<Server> {
    const auth = await createAuth({
      apps: emulator.apps.map((app) => ({ appid: app.appid, secret: app.secret })), dataDir, clock: emulator.clock, log,
      ...server, ...options, wechat: { emulator: true, baseURL: emulator.url, ...server.wechat, ...options.wechat },
    })
    const one = { auth, service: await backEnd(auth, { port: 0, emulator }) }
    leaks.server(one.service.url)
    running.push(one)
    return one
  }

  let main = await start({})
  const stage: Stage = {
    emulator, appid, person, dataDir, logs,
    get auth() { return main.auth },
    get url() { return main.service.url },
    code: (user = {}) => emulator.issueCode({ appid, person, ...user }),
    async restart(options = {}, meanwhile = () => Promise.resolve()) {
      running.splice(running.indexOf(main), 1)
      await stop(main)
      await meanwhile()
      main = await start(options)
    },
    another: (options = {}) => start(options),
    post: (route, body, token) => stage.send('POST', route, { body, ...(token !== undefined && { token }) }),
    async send(method, route, { body, token, headers = {}, at = main.service.url } = {}) {
      const response = await fetch(at + route, {
        method,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, json: text === '' ? {} : JSON.parse(text) as Record<string, unknown> }
    },
    async login(who = person) {
      const { status, json } = await stage.post('/v1/login', { appid, code: stage.code({ person: who }) })
      if (status !== 200) throw new Error(`login answered ${status}: ${JSON.stringify(json)}`)
      return json.token as string
    },
    phone(options = {}) {
      const device = emulator.openDevice({ appid, person, domains: { [DOMAIN]: main.service.url }, ...options })
      return { device, client: stage.client(device) }
    },
    client: (device, options = {}) => createClient({ baseURL: DOMAIN, runtime: device.wx, ...options }),
  }
  return stage
}

// Its clients are the test's own, and have ended when it does: no connection is given time to bring another request.
function serveAtOnce(auth: Auth, { port }: { readonly port: number }): Promise<Service> {
  return serve(auth, { port, idleGraceMs: 0 })
}

async function stop({ auth, service }: Server): Promise<void> {
  await service.close()
  await auth.close()
}

/** How often a function of `wx` was called on a device. */
export function countCalls(device: Device, api: string): number {
  return device.calls.filter((call) => call.api === api).length
}
