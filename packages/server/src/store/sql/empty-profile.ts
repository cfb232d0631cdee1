import type { Transaction } from 'kysely'
import type { Tables } from './schema.js'

/** Neither name nor picture is left: that is no profile. */
export async function dropEmptyProfile(tx: Transaction<Tables>, uid: string): Promise<void> {
  await tx.updateTable('users').set({ profile_source: null }).where('uid', '=', uid).where('nickname', 'is', null).where('avatar_url', 'is', null).execute()
}
