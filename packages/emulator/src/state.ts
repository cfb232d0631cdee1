import { makeApp } from './app.js'
import type { AppOptions, EmulatedApp } from './app.js'
import { makePerson, nextPersonId, phoneNumberOf } from './person.js'
import type { Person, PersonChanges, PersonOptions } from './person.js'
import { randomOpenid } from './random.js'
import type { Random } from './random.js'

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
