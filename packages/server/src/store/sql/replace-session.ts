import type { Transaction } from 'kysely'
import type { Revocation } from '../store.js'
import { appendRevocation } from './revocations.js'
import type { Tables } from './schema.js'

/** Ends a session that is beyond the device policy. */
export async function replaceSession(tx: Transaction<Tables>, { id, expires_at: until }: { readonly id: string, readonly expires_at: number }, at: number): Promise<Revocation> {
  await tx.updateTable('sessions').set({ ended_at: at, end_reason: 'replaced' }).where('id', '=', id).execute()
  return appendRevocation(tx, { kind: 'session', subject: id, epoch: 0, reason: 'replaced', until })
}
