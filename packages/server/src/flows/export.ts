import type { ExportResponse } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import { createPseudonymiser } from '../log.js'
import type { KeyRing } from '../session/keys.js'
import type { Store } from '../store/store.js'
import type { Phones } from '../user/phone.js'
import { demandFreshLogin } from './fresh-login.js'
import { gone } from './gone.js'
import { createUserLimit } from './user-limit.js'
import type { DescribeUser } from './me.js'
import type { Session } from './verify.js'

/** Everything that is held on the user of a session. Throws `reauth_required` when the login is more than 5 minutes old, `rate_limited` beyond 10 a minute, after the first 60. */
export type ExportMe = (session: Session) => Promise<ExportResponse>

export interface ExportParts {
  readonly store: Store
  readonly phones: Phones
  readonly describe: DescribeUser
  readonly clock: Clock
  readonly ring: KeyRing
}

const MOST_EVENTS = 10_000

export function createExport({ store, phones, describe, clock, ring }: ExportParts): ExportMe {
  // One for each sealing key: events are found also after a rotation.
  const pseudonyms = ring.keys.map(({ pseudonymKey }) => createPseudonymiser(pseudonymKey))
  const demandRoom = createUserLimit({ perMinute: 10, burst: 60 })
  return async (session) => {
    demandFreshLogin(session, clock)
    demandRoom(session)
    const { uid } = session
    const user = (await store.findUser(uid)) ?? await gone(store, uid)
    const at = clock.now()
    const names = [uid, ...await store.findAliases(uid)].flatMap((name) => pseudonyms.map((pseudonym) => pseudonym(name)))
    await store.addAudit([{ at, event: 'exported', uid, appid: session.appid, subject: session.sessionId }])
    const [described, number, identities, { sessions, consents }, events] = await Promise.all([
      describe(user), phones.reveal(uid), store.findIdentities(uid), store.findHoldings(uid),
      store.auditAfter(0, MOST_EVENTS, names),
    ])
    const { phone, ...me } = described
    return {
      ...me, exportedAt: at, identities, sessions, consents,
      phone: phone && number !== null ? { number, verifiedAt: phone.verifiedAt } : null,
      events: events.map((event) => ({ at: event.at, event: event.event, appid: event.appid, subject: event.subject, detail: event.detail })),
    }
  }
}
