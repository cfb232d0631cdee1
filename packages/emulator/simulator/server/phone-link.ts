import type { Answer, Device, Emulator, Question } from '#emulator'
import type { WebSocket } from 'ws'
import type { DirectAnswer, DirectCall, FromPhone, ToPhone } from '../wire/messages.js'
import { REPLACED } from '../wire/messages.js'
import type { AnswererName } from '../wire/state.js'
import { callDirect, createCalls } from './phone-calls.js'
import type { Phone } from './phones.js'

/** One document of a phone and the device behind its `wx`. Ends when the next document is loaded. */
export interface PhoneLink {
  readonly launch: number
  readonly device: Device
  /** The document's WebSocket has come. */
  attach(socket: WebSocket): void
  /** A call that answers at once. */
  direct(call: DirectCall): DirectAnswer
  /** Tells the phone when the emulator's clock was moved. */
  tellClock(): void
  /** Who answers what WeChat asks from now on. */
  setAnswerer(answerer: AnswererName): void
  /** The person leaves the mini program, or comes back. */
  setBackground(inBackground: boolean): void
  close(): void
}

/** What a link needs of its simulator. */
export interface LinkOptions {
  readonly emulator: Emulator
  say(line: string): void
  onChange(): void
  /** The person came back by the phone's own button. */
  onReturn(): void
}

/** The phone that everybody has. */
export const MAIN_DEVICE = 'main'

/** ms by which a clock must differ to have been moved. */
const SMALLEST_MOVE = 500

/** The emulator's time minus the computer's, in ms. */
export const offsetOf = ({ clock }: Emulator): number => clock.now() - Date.now()

/** Takes the device over; popups are shown on the phone. */
export function createPhoneLink(phone: Phone, device: Device, launch: number, { emulator, say, onChange, onReturn }: LinkOptions): PhoneLink {
  let socket: WebSocket | undefined
  let toldOffset = offsetOf(emulator)
  const send = (message: ToPhone): void => { socket?.send(JSON.stringify(message)) }
  // Anybody may move the clock; the phone hears of it before anything that comes of it.
  const tellClock = (): void => {
    const offset = offsetOf(emulator)
    if (Math.abs(offset - toldOffset) < SMALLEST_MOVE) return
    toldOffset = offset
    send({ type: 'clock', offset })
  }
  const tell = (message: ToPhone): void => {
    tellClock()
    send(message)
  }
  const calls = createCalls(device, tell)
  const questions = createQuestions(tell)
  const { appid, person } = device
  const note = (name: string, detail?: object) => emulator.traffic.noteLocal({ name, appid, person, ...phone.device !== MAIN_DEVICE && { device: phone.device }, detail })
  const setAnswerer = (answerer: AnswererName): void => { device.answer = answerer === 'ask' ? questions.ask : answerer }
  setAnswerer(phone.answerer)
  device.settings = questions.visitSettings
  note('launch', { era: phone.era, baseLibrary: device.baseLibrary })

  function take(message: FromPhone): void {
    switch (message.type) {
      case 'call': return calls.start(message)
      case 'abort': return calls.abort(message.id)
      case 'method': return calls.method(message)
      case 'listen': return calls.listen(message.id, message.api)
      case 'unlisten': return calls.unlisten(message.id)
      case 'reply': return calls.reply(message.reply, message.value)
      case 'settings': return questions.leaveSettings(message.question, message.authSetting)
      case 'answer': return questions.answer(message.question, message.allow ? 'allow' : 'deny')
      case 'return': return onReturn()
      case 'tap': return note('tap', { label: message.label })
      case 'error': return say(`phone of ${person}: ${message.message}${message.at === '' ? '' : `\n    at ${message.at}`}`)
      case 'page':
        phone.route = message.route
        onChange()
    }
  }

  function close(): void {
    device.close()
    questions.drop()
    socket?.close(REPLACED, 'replaced')
    socket = undefined
  }

  return {
    launch, device, close, tellClock, setAnswerer,
    setBackground(inBackground) {
      note(inBackground ? 'background' : 'foreground')
      if (inBackground) device.background()
      else device.foreground()
      tell({ type: 'visibility', hidden: inBackground })
    },
    attach(opened) {
      socket = opened
      opened.on('message', (data: Buffer) => {
        try {
          take(readMessage(data))
        } catch (error) {
          say(`phone of ${person}: a message that cannot be understood (${error instanceof Error ? error.message : 'unknown'})`)
          opened.close(UNREADABLE, 'not a message')
        }
      })
      // The document is gone, and with it the mini program.
      opened.on('close', () => { if (socket === opened) close() })
      opened.on('error', () => { opened.terminate() })
    },
    direct: (call) => callDirect(device, call),
  }
}

/** Close code of RFC 6455 for data of a kind that cannot be accepted. */
const UNREADABLE = 1003

// The program shares the page's origin: anything may come.
function readMessage(data: Buffer): FromPhone {
  const message: unknown = JSON.parse(data.toString('utf8'))
  if (typeof message !== 'object' || message === null) throw new TypeError('not an object')
  return message as FromPhone
}

type Switches = Readonly<Record<string, boolean>>

function createQuestions(tell: (message: ToPhone) => void) {
  const [asked, visits] = [createOpen<Answer>(), createOpen<Switches>()]
  return {
    ask: ({ api, scope, desc }: Question): Promise<Answer> => asked.wait((question) => {
      tell({ type: 'ask', sheet: { question, api, ...scope !== undefined && { scope }, ...desc !== undefined && { desc } } })
    }),
    visitSettings: (authSetting: Switches): Promise<Switches> => visits.wait((question) => { tell({ type: 'settings', question, authSetting }) }),
    answer: asked.give,
    leaveSettings: visits.give,
    drop(): void {
      asked.drop()
      visits.drop()
    },
  }
}

/** Questions that wait for an answer, by number. */
function createOpen<Value>() {
  const open = new Map<number, { give(value: Value): void, drop(): void }>()
  let last = 0
  return {
    wait: (show: (question: number) => void): Promise<Value> => new Promise((resolve, reject) => {
      open.set(++last, { give: resolve, drop: () => reject(new Error('the phone went away')) })
      show(last)
    }),
    give(question: number, value: Value): void {
      open.get(question)?.give(value)
      open.delete(question)
    },
    drop(): void {
      for (const { drop } of open.values()) drop()
      open.clear()
    },
  }
}
