import { maskStored, parseRule } from '#emulator'
import type { AppUser, Emulator, StorageMap } from '#emulator'
import type { AnswererName, EraName, NetworkName, SimulatorState, StorageEntry } from '../wire/state.js'
import { HttpError } from './http.js'
import type { Phones } from './phones.js'

/** What the page's buttons may need of the program that started the simulator. */
export interface SimulatorControls {
  /** Ends the session at the server, so that the next request is refused. Absent: the page moves the clock instead. */
  expireServerSession?(user: AppUser): void | Promise<void>
}

/** What the commands work on. */
export interface CommandContext {
  readonly emulator: Emulator
  readonly appid: string
  readonly phones: Phones
  readonly controls: SimulatorControls
  state(): SimulatorState
  onChange(): void
}

const NETWORKS: readonly NetworkName[] = ['good', 'slow', 'lossy', 'offline']
const ANSWERERS: readonly AnswererName[] = ['ask', 'allow', 'deny']
const GRANTS: Readonly<Record<string, boolean | undefined>> = { unasked: undefined, allowed: true, refused: false }

type Fields = Readonly<Record<string, unknown>>
type Command = (fields: Fields, context: CommandContext) => unknown

const ERAS: readonly EraName[] = ['2018', '2021-04', '2022-11', 'today']

function text(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string' || value === '' || value.length > 300) throw new HttpError(400, `"${name}" must be a text`)
  return value
}

function flag(fields: Fields, name: string): boolean {
  const value = fields[name]
  if (typeof value !== 'boolean') throw new HttpError(400, `"${name}" must be true or false`)
  return value
}

function oneOf<Name extends string>(fields: Fields, name: string, names: readonly Name[]): Name {
  const found = names.find((known) => known === fields[name])
  if (found === undefined) throw new HttpError(400, `"${name}" must be one of ${names.join(', ')}`)
  return found
}

const given = (fields: Fields, name: string): Record<string, string> => fields[name] === undefined ? {} : { [name]: text(fields, name) }
const givenFlag = (fields: Fields, name: string): Record<string, boolean> => fields[name] === undefined ? {} : { [name]: flag(fields, name) }

function changesOf(fields: Fields) {
  const { era, ...changes } = { ...given(fields, 'person'), ...given(fields, 'baseLibrary'), ...given(fields, 'era') } as Record<string, string>
  const known = ERAS.find((name) => name === era)
  if (era !== undefined && known === undefined) throw new HttpError(400, `"era" must be one of ${ERAS.join(', ')}`)
  return { ...changes, ...known !== undefined && { era: known } }
}

const userOf = (fields: Fields, { phones, appid }: CommandContext): AppUser => ({ appid, person: phones.get(text(fields, 'phone')).person })

/** What the page can ask for: `POST …/do/{name}` with these fields. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  'add-phone': (fields, { phones }) => ({ phone: phones.add(text(fields, 'person')).id }),
  'remove-phone': (fields, { phones }) => { phones.remove(text(fields, 'phone')) },
  'change-phone': (fields, { phones }) => { phones.change(text(fields, 'phone'), changesOf(fields)) },
  relaunch: (fields, { phones }) => { phones.relaunch(text(fields, 'phone')) },
  'delete-program': (fields, { phones }) => { phones.erase(text(fields, 'phone')) },
  'add-person': (fields, { emulator, onChange }) => {
    const { id } = emulator.addPerson({ nickName: text(fields, 'nickName'), ...given(fields, 'avatarUrl'), ...givenFlag(fields, 'risk') })
    onChange()
    return { person: id }
  },
  'change-person': (fields, { emulator, onChange }) => {
    emulator.changePerson(text(fields, 'person'), { ...given(fields, 'nickName'), ...given(fields, 'avatarUrl'), ...givenFlag(fields, 'risk') })
    onChange()
  },
  'expire-wechat-session': (fields, context) => {
    const user = userOf(fields, context)
    context.emulator.expireSession(user)
    context.emulator.traffic.noteLocal({ name: 'expire wechat', ...user })
  },
  'expire-server-session': async (fields, context) => {
    const user = userOf(fields, context)
    if (context.controls.expireServerSession === undefined) throw new HttpError(409, 'this server cannot end its session by itself; move the clock')
    await context.controls.expireServerSession(user)
    context.emulator.traffic.noteLocal({ name: 'expire server', ...user })
  },
  'advance-clock': ({ ms }, { emulator, appid, phones, onChange }) => {
    if (typeof ms !== 'number' || !(ms > 0)) throw new HttpError(400, '"ms" must be a number of milliseconds; time does not go back')
    if (Number.isNaN(new Date(emulator.clock.now() + ms).getTime())) throw new HttpError(400, '"ms" must not lead beyond the range of Date')
    emulator.clock.advance(ms)
    phones.tellClock()
    emulator.traffic.noteLocal({ name: 'clock', appid, detail: { ms } })
    onChange()
  },
  'set-network': (fields, { phones }) => { phones.setNetwork(text(fields, 'phone'), oneOf(fields, 'network', NETWORKS)) },
  'set-answerer': (fields, { phones }) => { phones.setAnswerer(text(fields, 'phone'), oneOf(fields, 'answerer', ANSWERERS)) },
  'set-background': (fields, { phones }) => { phones.setBackground(text(fields, 'phone'), flag(fields, 'inBackground')) },
  'set-privacy': (fields, { phones }) => { phones.setPrivacy(text(fields, 'phone'), flag(fields, 'agreed')) },
  'set-scope': (fields, { phones }) => {
    const answer = text(fields, 'answer')
    if (!Object.hasOwn(GRANTS, answer)) throw new HttpError(400, `"answer" must be one of ${Object.keys(GRANTS).join(', ')}`)
    if (!/^scope\.\w+$/.test(text(fields, 'scope'))) throw new HttpError(400, '"scope" must look like scope.userInfo')
    phones.setScope(text(fields, 'phone'), text(fields, 'scope'), GRANTS[answer])
  },
  // A rule that makes no sense comes back as a TypeError with what is wrong.
  'add-fault': (fields, { emulator }) => { emulator.fault(parseRule(text(fields, 'line'))) },
  'end-fault': ({ id }, { emulator }) => {
    if (typeof id !== 'number' || !emulator.faults.end(id)) throw new HttpError(404, 'this fault is over already')
  },
  'end-faults': (_, { emulator }) => { emulator.faults.clear() },
  'clear-traffic': (_, { emulator }) => { emulator.traffic.clear() },
}

/** What a phone's program stored, masked. */
export function readStorage(phone: string, { phones, emulator, appid }: CommandContext): readonly StorageEntry[] {
  const { person, device, link } = phones.get(phone)
  const storage = link?.device.storage ?? emulator.openDevice({ appid, person, device }).storage
  return [...storage.keys()].sort().map((key) => readEntry(key, storage))
}

function readEntry(key: string, storage: StorageMap): StorageEntry {
  const stored = storage.get(key) ?? ''
  const { type, data } = JSON.parse(stored) as { type: string, data: unknown }
  return { key, type, value: maskStored(key, data), size: Buffer.byteLength(stored) }
}
