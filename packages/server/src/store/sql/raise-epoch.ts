import { sql } from 'kysely'
import type { Transaction } from 'kysely'
import { LONGEST_SESSION_MS } from '../store.js'
import type { Revocation } from '../store.js'
import { appendRevocation } from './revocations.js'
import type { Tables } from './schema.js'

/** Ends all sessions of a user: every token of an older epoch is dead, whichever session it belongs to. null when there is no such user. */
export async function raiseEpoch(tx: Transaction<Tables>, { uid, reason: wanted, at }: { uid: string, reason: Revocation['reason'], at: number }): Promise<Revocation | null> {
  const user = await tx.updateTable('users').set({ epoch: sql<number>`epoch + 1` }).where('uid', '=', uid).returning(['epoch', 'banned_at']).executeTakeFirst()
  if (!user) return null
  // Whatever else ends a banned user's sessions, what his phone must hear is the ban.
  const reason = user.banned_at === null ? wanted : 'banned'
  await tx.updateTable('sessions').set({ ended_at: at, end_reason: reason }).where('uid', '=', uid).where('ended_at', 'is', null).execute()
  return appendRevocation(tx, { kind: 'user', subject: uid, epoch: user.epoch, reason, until: at + LONGEST_SESSION_MS })
}
