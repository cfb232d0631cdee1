import type { Phone } from '@tongxing/protocol'
import type { Logger, Pseudonymise } from '../log.js'
import type { HookRunner } from './hooks.js'
import type { Session } from './verify.js'

/** Tells log and application that a number was bound, whichever way it came: with the login, by code, or as encrypted data. */
export type TellPhone = (session: Session, phone: Phone) => Promise<void>

export function createTellPhone({ hooks, log, pseudonym }: { readonly hooks: HookRunner, readonly log: Logger, readonly pseudonym: Pseudonymise }): TellPhone {
  return async ({ uid, appid }, { masked }) => {
    log.info({ event: 'phone_bound', appid, user: pseudonym(uid) }, 'phone number bound')
    await hooks.run('onPhone', { uid, appid, masked })
  }
}
