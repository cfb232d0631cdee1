import type { Device, DeviceFile, Emulator } from '#emulator'
import type { EraName, NetworkName, PhoneState } from '../wire/state.js'
import { HttpError } from './http.js'
import { createPhoneLink } from './phone-link.js'
import type { PhoneLink } from './phone-link.js'

/** A phone on the page: whose it is, and what runs on it. */
export interface Phone extends Omit<PhoneState, 'scopes'> {
  person: string
  era: EraName
  baseLibrary: string
  revision: number
  route: string
  network: NetworkName
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
  const openDevice = ({ person, era, baseLibrary, files }: PhoneChanges & { person: string, files?: Phone['files'] }): Device =>
    emulator.openDevice({ appid, person, domains: { ...options.domains }, ...files !== undefined && { files }, ...era !== undefined && { era }, ...baseLibrary !== undefined && { baseLibrary } })
  const shut = (phone: Phone): void => {
    phone.link?.close()
    phone.link = undefined
  }
  const isOf = (person: string) => (phone: Phone): boolean => phone.person === person

  const all: Phones = {
    list: () => [...phones.values()].map(({ id, person, era, baseLibrary, revision, route, network, link }) => ({ id, person, era, baseLibrary, revision, route, network, scopes: { ...link?.device.authSetting } })),
    get,
    add(person) {
      checkPerson(emulator, person)
      // One per person: the emulator keeps one storage for a person and an app.
      if ([...phones.values()].some(isOf(person))) throw new HttpError(409, `${person} has a phone already`)
      const { baseLibrary } = openDevice({ person, era: options.era })
      const phone: Phone = { id: String(++lastId), person, era: options.era, baseLibrary, revision: 1, route: '', network: 'good', link: undefined, files: new Map() }
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
      const other = [...phones.values()].find((candidate) => candidate !== phone && candidate.person === person)
      if (other !== undefined) {
        // The two swap phones.
        other.person = phone.person
        all.relaunch(other.id)
      }
      const era = changes.era ?? phone.era
      const baseLibrary = changes.baseLibrary ?? (changes.era === undefined ? phone.baseLibrary : undefined)
      const device = openDevice({ person, era, ...baseLibrary !== undefined && { baseLibrary } })
      Object.assign(phone, { person, era, baseLibrary: device.baseLibrary })
      device.close()
      all.relaunch(id)
    },
    setNetwork(id, network) {
      const phone = get(id)
      phone.network = network
      if (phone.link !== undefined) phone.link.device.network = network
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
        phone.revision++
      }
      onChange()
    },
    open(id) {
      const phone = get(id)
      shut(phone)
      phone.link = createPhoneLink(phone, openDevice(phone), ++lastLaunch, options)
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
  }
  return all
}

function checkPerson(emulator: Emulator, person: string): void {
  if (!emulator.people.some(({ id }) => id === person)) throw new HttpError(404, `there is no person ${JSON.stringify(person)}`)
}
