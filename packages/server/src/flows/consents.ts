import type { ConsentRequest } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import type { ConsentOptions } from '../config.js'
import { AuthError } from '../errors.js'
import type { ConsentRecord, Store } from '../store/store.js'
import { gone } from './gone.js'
import { createUserLimit } from './user-limit.js'
import type { Session } from './verify.js'

/** What the user agreed to. */
export interface Consents {
  /** Everything that the user ever agreed to, oldest first. */
  list(session: Session): Promise<readonly ConsentRecord[]>
  /** Writes down that the user agreed to a version of a purpose. Throws `session_revoked` when the user is gone, `rate_limited` beyond 10 changes a minute, after the first 60. */
  give(session: Session, purpose: string, request: ConsentRequest): Promise<void>
  /** Withdraws a purpose, whatever its version; none standing is no error. What was stored before stays until it is erased. Throws `rate_limited` likewise. */
  withdraw(session: Session, purpose: string): Promise<void>
}

/** A flow that stores something of the user. */
type Storing<Request, Result> = (session: Session, request: Request) => Promise<Result>

/** The same flow, which throws `consent_required` unless the user agreed to what the feature needs. */
export type Agreed = <Request, Result>(feature: keyof ConsentOptions, flow: Storing<Request, Result>) => Storing<Request, Result>

export function createConsents(store: Store, clock: Clock): Consents {
  const demandRoom = createUserLimit({ perMinute: 10, burst: 60 })
  return {
    list: ({ uid }) => store.findConsents(uid),
    async give(session, purpose, { version }) {
      demandRoom(session)
      const { uid } = session
      if (!(await store.giveConsent(uid, purpose, version, clock.now()))) await gone(store, uid)
    },
    async withdraw(session, purpose) {
      demandRoom(session)
      await store.withdrawConsent(session.uid, purpose, clock.now())
    },
  }
}

/** @param needed asks for nothing where it names no version. */
export function createAgreed(store: Store, needed: ConsentOptions): Agreed {
  return (feature, flow) => async (session, request) => {
    const version = needed[feature]
    if (version !== undefined && !(await hasAgreed(store, session.uid, feature, version))) {
      throw new AuthError('consent_required', { detail: `Show the text, let the user agree, then PUT /v1/me/consents/${feature} {"version":"${version}"}.` })
    }
    return flow(session, request)
  }
}

async function hasAgreed(store: Store, uid: string, purpose: string, version: string): Promise<boolean> {
  const given = await store.findConsents(uid)
  return given.some((consent) => consent.purpose === purpose && consent.version === version && consent.withdrawnAt === null)
}
