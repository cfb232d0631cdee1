import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import path from 'node:path'
import { printRule } from '#emulator'
import type { Emulator, MountedHandler } from '#emulator'
import { WebSocketServer } from 'ws'
import { JWEIXIN, PREFIX, REPLACED } from '../wire/messages.js'
import type { EraName, SimulatorState } from '../wire/state.js'
import type { SimulatorControls } from './commands.js'
import { createEvents } from './events.js'
import { createPhones, firstPersonOf } from './phones.js'
import type { Phones } from './phones.js'
import { openProgram } from './program.js'
import { answer } from './router.js'
import type { Site } from './router.js'

/** What the simulator shows. */
export interface SimulatorOptions {
  /** The mini program: the folder of its app.json or project.config.json. */
  readonly folder: string
  /** Request domains and where they really are. Default: none. */
  readonly domains?: Readonly<Record<string, string>>
  /** Business domains, whose pages <web-view> may open, and where they really are. Default: `domains`. */
  readonly businessDomains?: Readonly<Record<string, string>>
  /** Default: the emulator's first app. */
  readonly appid?: string
  /** Era of new phones. Default: `today`. */
  readonly era?: EraName
  readonly controls?: SimulatorControls
  /** Where compile errors, and errors of the running program, are told. Default: standard error. */
  readonly say?: (line: string) => void
}

/** A page where phones run a mini program. */
export interface Simulator {
  /** Where to open it. */
  readonly url: string
  /** Fulfilled once the mini program was compiled, well or not. */
  readonly compiled: Promise<void>
  /** Ends the page, its phones and the watching of the folder; closing the emulator does it too. */
  close(): void
}

/** Longest message of a phone in bytes. */
const LONGEST_MESSAGE = 16 * 1024 * 1024

/**
 * Serves the page on the emulator's own port and opens a phone for its first person.
 * Throws Error when the folder is no mini program's, TypeError on an unknown appid or when a simulator is open already.
 */
export function openSimulator(emulator: Emulator, options: SimulatorOptions): Simulator {
  const { domains = {}, businessDomains = domains, controls = {}, era = 'today', say = (line: string) => { process.stderr.write(`${line}\n`) } } = options
  const folder = path.resolve(options.folder)
  const app = emulator.apps.find(({ appid }) => options.appid === undefined || appid === options.appid)
  if (app === undefined) throw new TypeError(`the emulator has no app ${options.appid ?? ''}`)
  const { appid } = app
  const events = createEvents()
  const tellState = createTeller(() => { events.send('state', state()) })
  const program = openProgram(folder, {
    say,
    onCompiled: (first) => {
      if (first) tellState()
      else phones.relaunch()
    },
  })
  const phones = createPhones({ emulator, appid, domains, era, say, onChange: tellState })
  const state = (): SimulatorState => ({
    folder: options.folder, app: { appid, name: app.name }, people: emulator.people.map(({ id, nickName, avatarUrl, risk }) => ({ id, nickName, avatarUrl, risk })),
    phones: phones.list(), now: emulator.clock.now(), errors: program.errors(),
    faults: emulator.faults.list().map(({ id, rule, hits, left }) => ({ id, line: printRule(rule), hits, left })), canExpireServerSession: controls.expireServerSession !== undefined,
  })
  phones.add(firstPersonOf(emulator))

  const handler = serve({ emulator, appid, phones, controls, state, onChange: tellState, program, events, domains, businessDomains })
  const undo = [emulator.mount('/', handler), emulator.mount(PREFIX, handler), emulator.onStartOver(() => {
    phones.startOver()
    events.send('steps', [])
  }), emulator.faults.subscribe(tellState), emulator.traffic.subscribe((step) => {
    events.send('step', step)
    // A sheet that was answered may have left a grant.
    if (step.name.startsWith('sheet ')) tellState()
  })]
  return {
    url: `${emulator.url}/`,
    // One that is closed before that has nothing to wait for.
    compiled: program.bundle().then(() => undefined, () => undefined),
    close() {
      undo.forEach((take) => { take() })
      handler.close?.()
    },
  }
}

/** Many changes of one moment are told once. */
function createTeller(tell: () => void): () => void {
  let due = false
  return () => {
    if (due) return
    due = true
    setImmediate(() => {
      due = false
      tell()
    })
  }
}

function serve(site: Site): MountedHandler {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE })
  return {
    open: [JWEIXIN],
    request: (request, response) => { void answer(site, request, response) },
    upgrade: (request, socket, head) => { takeSocket(sockets, site.phones, request, socket, head) },
    close() {
      site.program.close()
      site.events.close()
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

/** `…/phones/{id}/socket?{launch}`; one whose document was replaced is told so and closed. */
function takeSocket(sockets: WebSocketServer, phones: Phones, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const [, id = '', launch] = /\/phones\/(\d+)\/socket\?(\d+)$/.exec(request.url ?? '') ?? []
  const known = phones.list().some((phone) => phone.id === id)
  sockets.handleUpgrade(request, socket, head, (opened) => {
    const link = known ? phones.get(id).link : undefined
    if (link?.launch === Number(launch)) link?.attach(opened)
    else opened.close(REPLACED, 'replaced')
  })
}
