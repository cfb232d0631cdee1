import type { Transaction } from 'kysely'
import { LONGEST_SESSION_MS, PRUNE_MARGIN_MS } from '../store.js'
import type { Tables } from './schema.js'

/** Forgets what has been over for long, at most `limit` rows of each table. */
export async function prune(tx: Transaction<Tables>, now: number, limit: number): Promise<void> {
  const over = now - PRUNE_MARGIN_MS
  await tx.deleteFrom('sessions').where('id', 'in', (some) => some.selectFrom('sessions').select('id').where('expires_at', '<', over).limit(limit)).execute()
  await tx.deleteFrom('tickets').where('hash', 'in', (some) => some.selectFrom('tickets').select('hash').where('expires_at', '<', over).limit(limit)).execute()
  await tx.deleteFrom('revocations').where('seq', 'in', (some) => some.selectFrom('revocations').select('seq').where('until', '<', over).limit(limit)).execute()
  await tx.deleteFrom('used_data').where('hash', 'in', (some) => some.selectFrom('used_data').select('hash').where('until', '<', over).limit(limit)).execute()
  await tx.deleteFrom('phone_codes').where('hash', 'in', (some) => some.selectFrom('phone_codes').select('hash').where('at', '<', over - PRUNE_MARGIN_MS).limit(limit)).execute()
  await tx.deleteFrom('picture_checks').where('avatar_id', 'is', null).where('at', '<', over).execute()
  // A failure counts for its session as long as that can live.
  await tx.deleteFrom('decrypt_failures').where('at', '<', now - LONGEST_SESSION_MS).execute()
  await tx.deleteFrom('session_keys').where('superseded_at', '<', over).execute()
}
