import type { TicketStore } from '../store.js'
import type { SqlAccess } from './access.js'
import { isUser } from './users.js'

/** One-time hand-overs to a web-view. */
export function ticketsOn({ inTransaction }: SqlAccess): TicketStore {
  return {
    saveTicket: (hash, { uid, appid, sessionId }, expiresAt) => inTransaction(async (tx) => {
      if (!(await isUser(tx, uid))) return false
      await tx.insertInto('tickets').values({ hash, uid, appid, session_id: sessionId, expires_at: expiresAt, used_at: null }).execute()
      return true
    }),

    useTicket: (hash, now) => inTransaction(async (tx) => {
      const row = await tx.updateTable('tickets').set({ used_at: now })
        .where('hash', '=', hash).where('used_at', 'is', null).where('expires_at', '>', now)
        .returning(['uid', 'appid', 'session_id as sessionId']).executeTakeFirst()
      return row ?? null
    }),
  }
}
