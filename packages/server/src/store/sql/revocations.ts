import { sql } from 'kysely'
import type { Transaction } from 'kysely'
import type { Revocation } from '../store.js'
import type { Tables } from './schema.js'

/** Beyond any date that a forged token could name. */
export const FOR_GOOD: number = Number.MAX_SAFE_INTEGER

/**
 * Adds a revocation to the feed, in the transaction of what it follows from.
 * The counter row stays locked until that transaction commits: a reader that has seen a number can miss no smaller one.
 */
export async function appendRevocation(tx: Transaction<Tables>, revocation: Omit<Revocation, 'seq'>): Promise<Revocation> {
  const { value: seq } = await tx.updateTable('counters').set({ value: sql<number>`value + 1` })
    .where('name', '=', 'revocation').returning('value').executeTakeFirstOrThrow()
  await tx.insertInto('revocations').values({ seq, ...revocation }).execute()
  return { seq, ...revocation }
}
