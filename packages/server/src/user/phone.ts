import { createHmac } from 'node:crypto'
import type { Phone } from '@tongxing/protocol'
import { reveal, secret } from '../secret.js'
import type { Secret, StoredSealer } from '../secret.js'
import type { SealedPhone, Store } from '../store/store.js'

/** Phone numbers of users: sealed at rest, whole only for the back end itself. */
export interface Phones {
  /**
   * null when the session is not live any more: everything may have ended while WeChat was asked.
   * @param codeHash the claimed phone code that it came from, if it did.
   */
  save(session: { readonly uid: string, readonly sessionId: string }, number: Secret, countryCode: string, verifiedAt: number, codeHash?: string): Promise<Phone | null>
  /** As the wire shows it, or null. */
  find(uid: string): Promise<Phone | null>
  /** The whole number with `+` and country code, or null. */
  reveal(uid: string): Promise<string | null>
  /** The number of one user as stored, and the same one sealed for another user; null when he has none. */
  resealFor(from: string, into: string): Promise<{ readonly was: string, readonly sealed: string } | null>
  /** Binds numbers that the application vouches for, to users who have none; false for a number that is another user's. */
  importAll(phones: readonly { readonly uid: string, readonly countryCode: string, readonly number: string, readonly verifiedAt: number }[]): Promise<readonly boolean[]>
  /** Puts every number under the current sealing key, so that older ones can be retired; returns how many it changed. */
  reseal(): Promise<number>
}

const PAGE = 500

/** @param blindKeys one key for each sealing key, newest first: equal numbers are found also after a rotation. */
export function createPhones(store: Store, sealer: StoredSealer, blindKeys: readonly Uint8Array[]): Phones {
  const contextOf = (uid: string): string => `phones ${uid}`
  const openStored = (uid: string, sealed: string): Promise<Secret | null> => sealer.open(sealed, contextOf(uid), { table: 'phones', uid, appid: null })
  const blindOf = (whole: string): [string, ...string[]] => blindKeys.map((key) => createHmac('sha256', key).update(`phone ${whole}`).digest('hex')) as [string, ...string[]]

  async function open(uid: string): Promise<{ number: string, countryCode: string, verifiedAt: number } | null> {
    const stored = await store.findPhone(uid)
    const number = stored && await openStored(uid, stored.sealed)
    return stored && number && { number: reveal(number), countryCode: stored.countryCode, verifiedAt: stored.verifiedAt }
  }

  async function resealOne(was: SealedPhone): Promise<boolean> {
    const number = sealer.isCurrent(was.sealed) ? null : await openStored(was.uid, was.sealed)
    if (!number) return false
    return store.resealPhone(was, sealer.seal(number, contextOf(was.uid)), blindOf(`+${was.countryCode} ${reveal(number)}`)[0])
  }

  return {
    async reseal() {
      let changed = 0
      for (let page = await store.phonesAfter('', PAGE); page.length > 0; page = await store.phonesAfter(page.at(-1)!.uid, PAGE)) {
        for (const phone of page) changed += Number(await resealOne(phone))
      }
      return changed
    },
    importAll: (numbers) => store.importPhones(numbers.map(({ uid, countryCode, number, verifiedAt }) => (
      { uid, countryCode, verifiedAt, sealed: sealer.seal(secret(number), contextOf(uid)), blind: blindOf(`+${countryCode} ${number}`) }
    ))),
    async resealFor(from, into) {
      const stored = await store.findPhone(from)
      const number = stored && await openStored(from, stored.sealed)
      return stored && number && { was: stored.sealed, sealed: sealer.seal(number, contextOf(into)) }
    },
    async save({ uid, sessionId }, number, countryCode, verifiedAt, codeHash) {
      const isSaved = await store.savePhone(uid, { sealed: sealer.seal(number, contextOf(uid)), countryCode, verifiedAt }, blindOf(`+${countryCode} ${reveal(number)}`), { sessionId, codeHash })
      return isSaved ? { masked: mask(reveal(number)), countryCode, verifiedAt } : null
    },
    async find(uid) {
      const phone = await open(uid)
      return phone && { masked: mask(phone.number), countryCode: phone.countryCode, verifiedAt: phone.verifiedAt }
    },
    async reveal(uid) {
      const phone = await open(uid)
      return phone && `+${phone.countryCode}${phone.number}`
    },
  }
}

/** `138****8000`: three digits in front, four at the end, and fewer of a short number. */
export function mask(number: string): string {
  const shown = number.length >= 9 ? [3, 4] : [1, 1]
  return `${number.slice(0, shown[0])}****${number.slice(-shown[1]!)}`
}
