import type { Device, DeviceFile, Emulator } from '#emulator'
import type { AnswererName, EraName, NetworkName, PhoneState } from '../wire/state.js'
import { HttpError } from './http.js'
import { createPhoneLink, MAIN_DEVICE } from './phone-link.js'
import type { PhoneLink } from './phone-link.js'

/** A phone on the page: whose it is, and what runs on it. */
export interface Phone extends Omit<PhoneState, 'scopes' | 'privacy'> {
  person: string
  device: string
  era: EraName
  baseLibrary: string
  revision: number
  route: string
  network: NetworkName
  answerer: AnswererName
  inBackground: boolean
  /** The document that is open, if one is. */
  link: PhoneLink | undefined
  /** By path. */
  readonly files: Map<string, DeviceFile>
}

/** What may be changed of a phone; each makes the mini program start anew. */
export type PhoneChanges = Partial<Pick<PhoneState, 'person' | 'era' | 'baseLibrary'>>

/** The phones of a simulator. All throw HttpError when there is no such phone or person. */
export interface Phones {
  list(): PhoneState[]
  get(id: string): Phone
  add(person: string): Phone
  remove(id: string): void
  change(id: string, changes: PhoneChanges): void
  /** Another network, at once. */
  setNetwork(id: string, network: NetworkName): void
  /** Who answers what WeChat asks, at once. */
  setAnswerer(id: string, answerer: AnswererName): void
  /** The person leaves the mini program, or comes back. */
  setBackground(id: string, inBackground: boolean): void
  /** Whether the person agreed to the privacy agreement. */
  setPrivacy(id: string, agreed: boolean): void
  /** What the person once answered to a scope; undefined: never asked. */
  setScope(id: string, scope: string, granted: boolean | undefined): void
  /** The mini program starts anew on one phone, or on all. */
  relaunch(id?: string): void
  /** Its document was loaded: what ran before on it ends. */
  open(id: string): PhoneLink
  /** The emulator's clock was moved. */
  tellClock(): void
  /** Deletes the mini program from the phone and installs it again. */
  erase(id: string): void
  /** The emulator has started over: phones of people who are gone are gone, the others begin anew. */
  startOver(): void
}

/** What the phones of a simulator share. */
export interface PhonesOptions {
  readonly emulator: Emulator
  readonly appid: string
  readonly domains: Readonly<Record<string, string>>
  /** The era of new phones. */
  readonly era: EraName
  say(line: string): void
  onChange(): void
}

/** Starts with one phone, of the first person. */
export function createPhones(options: PhonesOptions): Phones {
  const { emulator, appid, onChange } = options
  const phones = new Map<string, Phone>()
  let lastId = 0
  let lastLaunch = 0

  const get = (id: string): Phone => {
    const phone = phones.get(id)
    if (phone === undefined) throw new HttpError(404, `there is no phone ${id}`)
    return phone
  }
  const openDevice = ({ person, device, era, baseLibrary, files }: PhoneChanges & Pick<Phone, 'person' | 'device'> & { files?: Phone['files'] }): Device =>
    emulator.openDevice({ appid, person, device, domains: { ...options.domains }, ...files !== undefined && { files }, ...era !== undefined && { era }, ...baseLibrary !== undefined && { baseLibrary } })
  const shut = (phone: Phone): void => {
    phone.link?.close()
    phone.link = undefined
  }
  /** The first phone of the person that is not on the page yet; `mine` is being handed over. */
  const freeDevice = (person: string, mine?: Phone): string => {
    const taken = new Set([...phones.values()].filter((phone) => phone !== mine && phone.person === person).map(({ device }) => device))
    let name = MAIN_DEVICE
    for (let n = 2; taken.has(name); n++) name = `phone-${n}`
    return name
  }
  const stateOf = (phone: Phone): PhoneState => {
    const { id, person, device, era, baseLibrary, revision, route, network, answerer, inBackground, link } = phone
    return {
      id, person, device, era, baseLibrary, revision, route, network, answerer, inBackground, scopes: { ...link?.device.authSetting },
      privacy: link?.device.asksPrivacy !== true ? 'none' : link.device.privacyAgreed ? 'agreed' : 'unasked',
    }
  }

  const all: Phones = {
    list: () => [...phones.values()].map(stateOf),
    get,
    add(person) {
      checkPerson(emulator, person)
      const device = freeDevice(person)
      const { baseLibrary } = openDevice({ person, device, era: options.era })
      const phone: Phone = {
        id: String(++lastId), person, device, era: options.era, baseLibrary, revision: 1, route: '', network: 'good', answerer: 'ask', inBackground: false, link: undefined, files: new Map(),
      }
      phones.set(phone.id, phone)
      onChange()
      return phone
    },
    remove(id) {
      if (phones.size === 1) throw new HttpError(409, 'the last phone stays')
      shut(get(id))
      phones.delete(id)
      onChange()
    },
    change(id, changes) {
      const phone = get(id)
      const person = changes.person ?? phone.person
      checkPerson(emulator, person)
      const name = person === phone.person ? phone.device : freeDevice(person, phone)
      const era = changes.era ?? phone.era
      const baseLibrary = changes.baseLibrary ?? (changes.era === undefined ? phone.baseLibrary : undefined)
      const device = openDevice({ person, device: name, era, ...baseLibrary !== undefined && { baseLibrary } })
      Object.assign(phone, { person, device: name, era, baseLibrary: device.baseLibrary })
      device.close()
      all.relaunch(id)
    },
    setNetwork(id, network) {
      const phone = get(id)
      phone.network = network
      if (phone.link !== undefined) phone.link.device.network = network
      onChange()
    },
    setAnswerer(id, answerer) {
      const phone = get(id)
      phone.answerer = answerer
      phone.link?.setAnswerer(answerer)
      onChange()
    },
    setBackground(id, inBackground) {
      const phone = get(id)
      if (phone.inBackground === inBackground || phone.link === undefined) return
      phone.inBackground = inBackground
      phone.link.setBackground(inBackground)
      onChange()
    },
    setPrivacy(id, agreed) {
      const device = get(id).link?.device ?? openDevice(get(id))
      device.privacyAgreed = agreed
      onChange()
    },
    setScope(id, scope, granted) {
      const { authSetting } = get(id).link?.device ?? openDevice(get(id))
      if (granted === undefined) delete authSetting[scope]
      else authSetting[scope] = granted
      onChange()
    },
    relaunch(id) {
      for (const phone of id === undefined ? phones.values() : [get(id)]) {
        shut(phone)
        phone.inBackground = false
        phone.revision++
      }
      onChange()
    },
    open(id) {
      const phone = get(id)
      shut(phone)
      phone.inBackground = false
      phone.link = createPhoneLink(phone, openDevice(phone), ++lastLaunch, { ...options, onReturn: () => { all.setBackground(id, false) } })
      phone.link.device.network = phone.network
      return phone.link
    },
    tellClock() {
      for (const { link } of phones.values()) link?.tellClock()
    },
    erase(id) {
      const phone = get(id)
      const device = phone.link?.device ?? openDevice(phone)
      device.erase()
      phone.files.clear()
      emulator.traffic.noteLocal({ name: 'erase', appid, person: phone.person })
      all.relaunch(id)
    },
    startOver() {
      const known = new Set(emulator.people.map(({ id }) => id))
      for (const phone of [...phones.values()]) {
        phone.files.clear()
        if (known.has(phone.person)) continue
        shut(phone)
        phones.delete(phone.id)
      }
      if (phones.size === 0) all.add(firstPersonOf(emulator))
      all.relaunch()
    },
  }
  return all
}

/** Somebody must hold the phone. */
export const firstPersonOf = (emulator: Emulator): string => (emulator.people[0] ?? emulator.addPerson({ nickName: '小明' })).id

function checkPerson(emulator: Emulator, person: string): void {
  if (!emulator.people.some(({ id }) => id === person)) throw new HttpError(404, `there is no person ${JSON.stringify(person)}`)
}
