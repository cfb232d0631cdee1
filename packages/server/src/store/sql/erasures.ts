import type { EraseReceipt } from '@tongxing/protocol'
import { sql } from 'kysely'
import type { Transaction } from 'kysely'
import type { ErasedName, Erasure, ErasureStore, Revocation } from '../store.js'
import type { SqlAccess } from './access.js'
import { appendRevocation } from './revocations.js'
import type { Tables } from './schema.js'
import { survivor } from './survivor.js'

type Tx = Transaction<Tables>

const LONGEST_WAIT_MS = 5000

/** The counter of erasures since the database file was last written anew. */
export const ERASED = 'erased'

/** What a person may demand: to see everything, and to be forgotten. */
export function erasuresOn(access: SqlAccess): ErasureStore {
  const { db, inTransaction, overwriteTraces } = access
  return {
    async findHoldings(uid) {
      const [sessions, consents] = await Promise.all([
        db.selectFrom('sessions').select(['id as sessionId', 'appid', 'device', 'issued_at as issuedAt', 'expires_at as expiresAt', 'ended_at as endedAt', 'end_reason as endReason'])
          .where('uid', 'in', hisUids(db, uid)).orderBy('issued_at', 'desc').orderBy('id').execute(),
        db.selectFrom('consents').select(['purpose', 'version', 'given_at as givenAt', 'withdrawn_at as withdrawnAt']).where('uid', 'in', hisUids(db, uid)).orderBy('given_at').execute(),
      ])
      return { sessions, consents }
    },

    async eraseUser(erasure) {
      const erased = await inTransaction((tx) => erase(tx, erasure, access))
      if (erased) await overwriteTraces(LONGEST_WAIT_MS)
      return erased
    },

    async findReceipt(hashes) {
      const row = await db.selectFrom('tombstones').innerJoin('receipts', 'receipts.id', 'tombstones.receipt_id')
        .select(['receipts.id', 'receipts.erased_at as erasedAt', 'what']).where('hash', 'in', hashes).executeTakeFirst()
      return row ? { id: row.id, erasedAt: row.erasedAt, what: JSON.parse(row.what) as EraseReceipt['what'] } : null
    },

    tombstonesAfter: (hash, limit) => db.selectFrom('tombstones').select(['hash', 'receipt_id as receiptId', 'erased_at as erasedAt']).where('hash', '>', hash).orderBy('hash').limit(limit).execute(),

    addTombstones: (tombstones) => inTransaction(async (tx) => {
      for (const { hash, receiptId, erasedAt } of tombstones) {
        await tx.insertInto('tombstones').values({ hash, receipt_id: receiptId, erased_at: erasedAt }).onConflict((conflict) => conflict.column('hash').doNothing()).execute()
      }
    }),

    async uidsAfter(uid, limit) {
      const rows = await db.selectFrom('users').select('uid').where('uid', '>', uid).orderBy('uid').limit(limit).execute()
      return rows.map((row) => row.uid)
    },
  }
}

const hisUids = (db: SqlAccess['db'], uid: string) => db.selectFrom('users').select('uid').where((row) => row.or([row('uid', '=', uid), row('merged_into', '=', uid)]))

async function erase(tx: Tx, { uid: asked, at, receiptId, tombstoneOf }: Erasure, { writeAudit }: SqlAccess): Promise<{ receipt: EraseReceipt, revocations: Revocation[] } | null> {
  const user = await tx.selectFrom('users').select('uid').where('uid', '=', survivor(asked)).executeTakeFirst()
  if (!user) return null
  const aliases = await tx.selectFrom('users').select('uid').where('merged_into', '=', user.uid).execute()
  const uids = [user, ...aliases].map(({ uid }) => uid)
  const { names, revocations, what } = await removeRows(tx, uids, at)
  await tx.insertInto('receipts').values({ id: receiptId, erased_at: at, what: JSON.stringify(what) }).execute()
  const hashes = new Set([...uids.map((uid) => ({ uid })), ...names].map(tombstoneOf))
  // A name that was erased before, and came back as a new user: the newest receipt is his.
  await tx.insertInto('tombstones').values([...hashes].map((hash) => ({ hash, receipt_id: receiptId, erased_at: at })))
    .onConflict((conflict) => conflict.column('hash').doUpdateSet((row) => ({ receipt_id: row.ref('excluded.receipt_id'), erased_at: row.ref('excluded.erased_at') })))
    .execute()
  await tx.insertInto('counters').values({ name: ERASED, value: 1 }).onConflict((conflict) => conflict.column('name').doUpdateSet({ value: sql<number>`counters.value + 1` })).execute()
  await writeAudit(tx, [{ at, event: 'erased', uid: user.uid, subject: receiptId }])
  return { receipt: { id: receiptId, erasedAt: at, what }, revocations }
}

// With the users who were merged into him: their uids are names of his.
async function removeRows(tx: Tx, uids: string[], at: number): Promise<{ names: ErasedName[], revocations: Revocation[], what: EraseReceipt['what'] }> {
  await tx.deleteFrom('unions').where('uid', 'in', uids).execute()
  const identities = await tx.deleteFrom('identities').where('uid', 'in', uids).returning(['appid', 'openid']).execute()
  for (const { appid, openid } of identities) {
    await tx.deleteFrom('session_keys').where('appid', '=', appid).where('openid', '=', openid).execute()
    await tx.deleteFrom('union_conflicts').where('appid', '=', appid).where('openid', '=', openid).execute()
  }
  const sessions = await tx.deleteFrom('sessions').where('uid', 'in', uids).returning(['id', 'expires_at']).execute()
  const revocations = await endTokens(tx, uids, sessions, at)
  const phones = await tx.deleteFrom('phones').where('uid', 'in', uids).returning('uid').execute()
  const consents = await tx.deleteFrom('consents').where('uid', 'in', uids).returning('uid').execute()
  for (const table of ['tickets', 'decrypt_failures', 'phone_codes'] as const) await tx.deleteFrom(table).where('uid', 'in', uids).execute()
  const avatars = await tx.updateTable('avatars').set({ uid: null, remove_after: at }).where('uid', 'in', uids).returning('id').execute()
  await tx.deleteFrom('users').where('uid', 'in', uids).execute()
  const what = { identities: identities.length, sessions: sessions.length, phones: phones.length, consents: consents.length, avatars: avatars.length }
  return { names: identities, revocations, what }
}

// His uids must not stay in the feed: each token is ended by its session's id, which means nothing any more. That takes the place of
// what ended some of them before, too.
async function endTokens(tx: Tx, uids: string[], sessions: readonly { id: string, expires_at: number }[], at: number): Promise<Revocation[]> {
  await tx.deleteFrom('revocations').where('kind', '=', 'user').where('subject', 'in', uids).execute()
  const revocations: Revocation[] = []
  for (const { id, expires_at: until } of sessions.filter(({ expires_at }) => expires_at > at)) {
    revocations.push(await appendRevocation(tx, { kind: 'session', subject: id, epoch: 0, reason: 'erased', until }))
  }
  return revocations
}
