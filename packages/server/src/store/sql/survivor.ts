import { sql } from 'kysely'
import type { RawBuilder, Transaction } from 'kysely'
import type { Tables } from './schema.js'

/** The uid of a user, or of the one he was merged into; for comparing with a column in a query. */
export function survivor(uid: string): RawBuilder<string> {
  return sql<string>`(select coalesce(merged_into, uid) from users where uid = ${uid})`
}

/** The same, found out beforehand: not every engine lets an update ask its own table. null when there is no such user. */
export async function findSurvivor(tx: Transaction<Tables>, uid: string): Promise<string | null> {
  const row = await tx.selectFrom('users').select(['uid', 'merged_into']).where('uid', '=', uid).executeTakeFirst()
  return row ? row.merged_into ?? row.uid : null
}
