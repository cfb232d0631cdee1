import { createHash, randomBytes } from 'node:crypto'
import type { RedeemResponse, TicketResponse } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import { AuthError } from '../errors.js'
import type { Store } from '../store/store.js'
import { gone } from './gone.js'
import { createUserLimit } from './user-limit.js'
import type { Session } from './verify.js'

/** One-time hand-overs of a session's user to a web-view: the ticket is the only credential that may stand in a URL. */
export interface Tickets {
  /** A ticket for this session: one use, 60 seconds. Throws `rate_limited` beyond 60 a minute of one user, after the first 120. */
  issue(session: Session): Promise<TicketResponse>
  /** Uses a ticket up. Throws `ticket_used` when it is unknown, used or over, and when its session has ended meanwhile. */
  redeem(ticket: string): Promise<RedeemResponse>
}

const TICKET_LIFE_MS = 60_000
const TICKET = /^txt_[A-Za-z0-9_-]{43}$/

export function createTickets(store: Store, clock: Clock): Tickets {
  const demandRoom = createUserLimit({ perMinute: 60, burst: 120 })
  return {
    async issue(session) {
      demandRoom(session)
      const { uid, appid, sessionId } = session
      const ticket = `txt_${randomBytes(32).toString('base64url')}`
      const expiresAt = clock.now() + TICKET_LIFE_MS
      if (!(await store.saveTicket(hashOf(ticket), { uid, appid, sessionId }, expiresAt))) await gone(store, uid)
      return { ticket, expiresAt }
    },
    async redeem(ticket) {
      const found = TICKET.test(ticket) ? await store.useTicket(hashOf(ticket), clock.now()) : null
      // Every gate at every step: a log-out or ban between issue and use holds here too.
      if (!found || !(await store.isSessionLive(found.sessionId))) throw new AuthError('ticket_used')
      return found
    },
  }
}

function hashOf(ticket: string): string {
  return createHash('sha256').update(`ticket ${ticket}`).digest('hex')
}
