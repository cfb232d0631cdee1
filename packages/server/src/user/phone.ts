import { createHmac } from 'node:crypto'
import type { Phone } from '@tongxing/protocol'
import { reveal } from '../secret.js'
import type { Sealer, Secret } from '../secret.js'
import type { Store } from '../store/store.js'

/** Phone numbers of users: sealed at rest, whole only for the back end itself. */
export interface Phones {
  save(uid: string, number: Secret, countryCode: string, verifiedAt: number): Promise<Phone>
  /** As the wire shows it, or null. */
  find(uid: string): Promise<Phone | null>
  /** The whole number with `+` and country code, or null. */
  reveal(uid: string): Promise<string | null>
}

/** @param blindKeys one key for each sealing key, newest first: equal numbers are found also after a rotation. */
export function createPhones(store: Store, sealer: Sealer, blindKeys: readonly Uint8Array[]): Phones {
  const contextOf = (uid: string): string => `phones ${uid}`
  const blindOf = (whole: string): [string, ...string[]] => blindKeys.map((key) => createHmac('sha256', key).update(`phone ${whole}`).digest('hex')) as [string, ...string[]]

  async function open(uid: string): Promise<{ number: string, countryCode: string, verifiedAt: number } | null> {
    const stored = await store.findPhone(uid)
    const number = stored && sealer.open(stored.sealed, contextOf(uid))
    return stored && number && { number: reveal(number), countryCode: stored.countryCode, verifiedAt: stored.verifiedAt }
  }

  return {
    async save(uid, number, countryCode, verifiedAt) {
      await store.savePhone(uid, { sealed: sealer.seal(number, contextOf(uid)), countryCode, verifiedAt }, blindOf(`+${countryCode} ${reveal(number)}`))
      return { masked: mask(reveal(number)), countryCode, verifiedAt }
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
