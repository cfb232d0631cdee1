import { createHash } from 'node:crypto'
import { checkCallFrequency } from './call-frequency.js'
import type { CallFrequency } from './call-frequency.js'
import { checkPushConfig } from './push/config.js'
import type { PushConfig } from './push/config.js'
import { checkQuotas } from './quotas.js'
import type { Quotas } from './quotas.js'
import { randomOpenid } from './random.js'
import type { Random } from './random.js'

/**
 * When WeChat replaces the session_key of a user.
 *
 * - `at_code`: each code brings a new one, and the one before is dead at once
 * - `at_exchange`: each jscode2session brings a new one
 * - `sticky`: it stays until it is expired on purpose
 */
export type SessionKeyPolicy = 'at_code' | 'at_exchange' | 'sticky'

/** All of them. */
export const SESSION_KEY_POLICIES: readonly SessionKeyPolicy[] = ['at_code', 'at_exchange', 'sticky']

/** What an app has of the phone buttons. */
export interface PhoneButton {
  /** Verified accounts of organisations are. */
  readonly entitled: boolean
  /** Numbers that getPhoneNumber still gives; each success takes one. */
  readonly quota: number
  /** As `quota`, for getRealtimePhoneNumber. */
  readonly realtimeQuota: number
}

/** The trial calls that every app gets. */
export const DEFAULT_PHONE_BUTTON: PhoneButton = { entitled: true, quota: 1000, realtimeQuota: 1000 }

/** A mini program to be registered. */
export interface AppOptions {
  /** `wxemu` and 13 hex digits. Default: a random one. Anything else is refused with a TypeError. */
  appid?: string
  /** AppSecret. Default: 32 random hex digits. */
  secret?: string
  /** Default: the appid. */
  name?: string
  /** The Open Platform account it is bound to: apps of one scope see the same unionid. Default: null, not bound. */
  unionScope?: string | null
  /** Default: `at_code`. */
  sessionKeyPolicy?: SessionKeyPolicy
  /** ms after the last wx.login at which the session_key is dead; WeChat does not tell. Default: none, it stays until it is replaced or expired. */
  sessionKeyIdleMs?: number
  /** Where events of its users are pushed. Default: null, nowhere. A config that makes no sense is refused with a TypeError. */
  push?: PushConfig | null
  /** Addresses that may get an access_token; others are 40164. Default: null, all. */
  ipWhitelist?: readonly string[] | null
  /** How often it may call a path: `{'/wxa/msg_sec_check': {day: 100}}`. Default: what WeChat gives every app. */
  quotas?: Quotas
  /** WeChat's frequency rule; codes of a wx.login beyond it are answered 45009. Default: not enforced. */
  callFrequency?: CallFrequency
  /**
   * What its privacy agreement declares, for base library 2.32.3 in era `today`: `all`, `none` (no agreement in the console), or the names of APIs and
   * components: `['getUserProfile', 'button.getPhoneNumber']`. What is not declared fails. Default: `all`.
   */
  privacy?: 'all' | 'none' | readonly string[]
  /** Default: entitled, and the 1000 trial calls of each button. */
  phoneButton?: Partial<PhoneButton>
}

/** A registered mini program. Name, binding and policy may be changed while the emulator runs. */
export interface EmulatedApp {
  readonly appid: string
  secret: string
  name: string
  unionScope: string | null
  sessionKeyPolicy: SessionKeyPolicy
  sessionKeyIdleMs?: number
  push?: PushConfig | null
  ipWhitelist?: readonly string[] | null
  quotas?: Quotas
  callFrequency?: CallFrequency
  privacy?: 'all' | 'none' | readonly string[]
  phoneButton?: Partial<PhoneButton>
}

/** A simulated WeChat user to be added. */
export interface PersonOptions {
  /** 1 to 64 letters, digits, `-` or `_`. Default: `person-2`, `person-3`, … */
  id?: string
  nickName?: string
  /** Default: an address of the form of WeChat's avatars; nothing is there. */
  avatarUrl?: string
  /** With country code 86. Default: one of the range 100…, which nobody has. */
  phoneNumber?: string
  /** Told to apps that are bound (`unionScope`). Default: none. */
  unionid?: string
  /** True: WeChat holds this user for high-risk; codes are answered 40226. Default: false. */
  risk?: boolean
}

/** A simulated WeChat user. All but the id may be changed while the emulator runs. */
export interface Person {
  readonly id: string
  nickName: string
  avatarUrl: string
  /** With country code 86. */
  phoneNumber: string
  unionid?: string
  risk: boolean
}

/** What may be changed of a person. */
export type PersonChanges = Partial<Pick<Person, 'nickName' | 'avatarUrl' | 'risk'>>

/** Who, in which mini program. */
export interface AppUser {
  readonly appid: string
  /** Id of the person. */
  readonly person: string
}

/** A user on one phone. */
export interface PhoneUser extends AppUser {
  /** Which phone; absent: the main one. */
  readonly device?: string
}

/** What outlives a restart; see `stateFile`. */
export interface SavedState {
  readonly version: 1
  readonly apps: EmulatedApp[]
  readonly people: (Omit<Person, 'phoneNumber'> & { readonly phoneNumber?: string })[]
  /** `appid/person` and the openid. */
  readonly openids: [string, string][]
  /** `scope/person` and the unionid. */
  readonly unionids: [string, string][]
}

/** Apps, people and their ids, in memory. */
export interface State {
  readonly apps: readonly EmulatedApp[]
  readonly people: readonly Person[]
  /** Throws TypeError when the appid is not `wxemu` + 13 hex digits, or taken. */
  addApp(options?: AppOptions): EmulatedApp
  /** Throws TypeError when the id is malformed or taken. */
  addPerson(options?: PersonOptions): Person
  /** Throws TypeError on an unknown person. */
  changePerson(id: string, changes: PersonChanges): Person
  /** Undefined when there is no such app. */
  findApp(appid: string): EmulatedApp | undefined
  findPerson(id: string): Person | undefined
  /** Both, or a TypeError that tells what exists. */
  resolve(user: AppUser): { app: EmulatedApp, person: Person }
  /** Unique per app and person; made at first use, then always the same. */
  openidOf(user: AppUser): string
  /** Whose openid in this app it is; undefined when it is nobody's. */
  findByOpenid(appid: string, openid: string): AppUser | undefined
  /** Undefined when the app is not bound or the person has none. */
  unionidOf(user: AppUser): string | undefined
  /** An app or person was changed from outside: it is to be saved. */
  touch(): void
  save(): SavedState
  /** Takes a copy of `saved` in the place of everything there is. */
  load(saved: SavedState): void
}

const EMULATOR_APPID = /^wxemu[0-9a-f]{13}$/
const PERSON_ID = /^[\w-]{1,64}$/

/** Whether it may be an AppID here. */
export const isEmulatorAppid = (value: unknown): boolean => typeof value === 'string' && EMULATOR_APPID.test(value)

/** Whether it may be the id of a person. */
export const isPersonId = (value: unknown): boolean => typeof value === 'string' && PERSON_ID.test(value)

/** `onChange` is called after each change that `save()` would show. */
export function createState(random: Random, onChange: () => void, saved?: SavedState): State {
  const apps = new Map<string, EmulatedApp>()
  const people = new Map<string, Person>()
  const openids = new Map<string, string>()
  const owners = new Map<string, string>()
  const unionids = new Map<string, string>()
  if (saved !== undefined) fill(saved)

  function fill(from: SavedState): void {
    for (const map of [apps, people, openids, owners, unionids]) map.clear()
    const copy = structuredClone(from)
    for (const app of copy.apps) apps.set(app.appid, app)
    // A state file of an earlier version has no phone numbers.
    for (const person of copy.people) people.set(person.id, { ...person, phoneNumber: person.phoneNumber ?? phoneNumberOf(person.id) })
    for (const [user, openid] of copy.openids) {
      openids.set(user, openid)
      owners.set(openid, user)
    }
    for (const [owner, unionid] of copy.unionids) unionids.set(owner, unionid)
  }

  function resolve({ appid, person: id }: AppUser) {
    const app = apps.get(appid)
    if (app === undefined) throw new TypeError(`unknown appid ${JSON.stringify(appid)}; known: ${[...apps.keys()].join(', ')}`)
    const person = people.get(id)
    if (person === undefined) throw new TypeError(`unknown person ${JSON.stringify(id)}; "person" is an id, known: ${[...people.keys()].slice(0, 20).join(', ')}`)
    return { app, person }
  }

  return {
    get apps() { return [...apps.values()] },
    get people() { return [...people.values()] },
    findApp: (appid) => apps.get(appid),
    findPerson: (id) => people.get(id),
    resolve,
    addApp(options = {}) {
      const app = makeApp(options, random)
      if (apps.has(app.appid)) throw new TypeError(`appid ${app.appid} is registered already`)
      apps.set(app.appid, app)
      onChange()
      return app
    },
    addPerson(options = {}) {
      const person = makePerson(options, nextPersonId(people))
      if (people.has(person.id)) throw new TypeError(`person ${JSON.stringify(person.id)} exists already`)
      people.set(person.id, person)
      onChange()
      return person
    },
    changePerson(id, changes) {
      const person = people.get(id)
      if (person === undefined) throw new TypeError(`unknown person ${JSON.stringify(id)}`)
      Object.assign(person, changes)
      onChange()
      return person
    },
    openidOf(user) {
      const { app, person } = resolve(user)
      const key = `${app.appid}/${person.id}`
      const openid = idOf(openids, key, () => randomOpenid(random))
      owners.set(openid, key)
      return openid
    },
    findByOpenid(appid, openid) {
      const [owner, person] = owners.get(openid)?.split('/') ?? []
      return owner !== appid || person === undefined ? undefined : { appid, person }
    },
    unionidOf(user) {
      const { app: { unionScope }, person: { id, unionid } } = resolve(user)
      if (unionScope === null || unionid === undefined) return undefined
      // A person has one unionid per Open Platform account: the given one goes to the first account that asks.
      const taken = [...apps.values()].some((app) => app.unionScope !== unionScope && unionids.get(`${app.unionScope}/${id}`) === unionid)
      return idOf(unionids, `${unionScope}/${id}`, () => taken ? randomOpenid(random) : unionid)
    },
    touch: onChange,
    save: () => ({ version: 1, apps: [...apps.values()], people: [...people.values()], openids: [...openids], unionids: [...unionids] }),
    load(from) {
      fill(from)
      onChange()
    },
  }

  function idOf(ids: Map<string, string>, key: string, make: () => string): string {
    const known = ids.get(key)
    if (known !== undefined) return known
    const made = make()
    ids.set(key, made)
    onChange()
    return made
  }
}

/** Throws TypeError when it is not `wxemu` + 13 hex digits. */
export function checkAppid(appid: string): void {
  if (!EMULATOR_APPID.test(appid)) throw new TypeError(`the emulator refuses real AppIDs: ${JSON.stringify(appid)} is not "wxemu" and 13 hex digits`)
}

function makeApp(options: AppOptions, random: Random): EmulatedApp {
  const appid = options.appid ?? `wxemu${random.bytes(7).toString('hex').slice(0, 13)}`
  checkAppid(appid)
  if (options.push) checkPushConfig(options.push)
  if (options.quotas) checkQuotas(options.quotas)
  if (options.callFrequency) checkCallFrequency(options.callFrequency)
  return {
    appid,
    secret: options.secret ?? random.bytes(16).toString('hex'),
    name: options.name ?? appid,
    unionScope: options.unionScope ?? null,
    sessionKeyPolicy: options.sessionKeyPolicy ?? 'at_code',
    ...options.sessionKeyIdleMs !== undefined && { sessionKeyIdleMs: checkIdle(options.sessionKeyIdleMs) },
    ...options.push && { push: options.push },
    ...options.ipWhitelist && { ipWhitelist: options.ipWhitelist },
    ...options.quotas && { quotas: options.quotas },
    ...options.callFrequency && { callFrequency: options.callFrequency },
    ...options.privacy !== undefined && { privacy: options.privacy },
    ...options.phoneButton && { phoneButton: options.phoneButton },
  }
}

function checkIdle(ms: number): number {
  if (!(ms > 0)) throw new TypeError(`"sessionKeyIdleMs" must be more than 0 ms, not ${ms}`)
  return ms
}

function makePerson(options: PersonOptions, freeId: () => string): Person {
  const id = options.id ?? freeId()
  if (!PERSON_ID.test(id)) throw new TypeError(`a person's id is 1 to 64 letters, digits, "-" or "_", not ${JSON.stringify(id)}`)
  return {
    id,
    nickName: options.nickName ?? id,
    avatarUrl: options.avatarUrl ?? `https://thirdwx.qlogo.cn/mmopen/vi_32/emulated-${id}/132`,
    phoneNumber: options.phoneNumber ?? phoneNumberOf(id),
    ...options.unionid !== undefined && { unionid: options.unionid },
    risk: options.risk ?? false,
  }
}

// A number that no operator gives out, always the same for the same person.
function phoneNumberOf(id: string): string {
  return `100${(createHash('sha256').update(id).digest().readUInt32BE() % 1e8).toString().padStart(8, '0')}`
}

function nextPersonId(people: ReadonlyMap<string, Person>): () => string {
  return () => {
    let n = people.size + 1
    while (people.has(`person-${n}`)) n++
    return `person-${n}`
  }
}
