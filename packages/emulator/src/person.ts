import { createHash } from 'node:crypto'

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

const PERSON_ID = /^[\w-]{1,64}$/

/** Whether it may be the id of a person. */
export const isPersonId = (value: unknown): boolean => typeof value === 'string' && PERSON_ID.test(value)

/** `freeId` gives an id that nobody has. Throws TypeError when the id is malformed. */
export function makePerson(options: PersonOptions, freeId: () => string): Person {
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

/** A number that no operator gives out, always the same for the same person. */
export function phoneNumberOf(id: string): string {
  return `100${(createHash('sha256').update(id).digest().readUInt32BE() % 1e8).toString().padStart(8, '0')}`
}

/** Gives `person-2`, `person-3`, … */
export function nextPersonId(people: ReadonlyMap<string, Person>): () => string {
  return () => {
    let n = people.size + 1
    while (people.has(`person-${n}`)) n++
    return `person-${n}`
  }
}
