import { sql } from 'kysely'
import type { Transaction } from 'kysely'
import { LONGEST_SESSION_MS } from '../store.js'
import type { Revocation, SessionStore } from '../store.js'
import type { SqlAccess } from './access.js'
import { appendRevocation } from './revocations.js'
import type { Tables } from './schema.js'

// Beyond any date that a forged token could name.
const FOR_GOOD = Number.MAX_SAFE_INTEGER

/** Sessions, and what ends them. */
export function sessionsOn({ db, inTransaction, writeAudit }: SqlAccess): SessionStore {
  return {
    findSessions: (uid, now) => db.selectFrom('sessions').innerJoin('users', 'users.uid', 'sessions.uid')
      .select(['sessions.id as sessionId', 'appid', 'device', 'issued_at as issuedAt', 'expires_at as expiresAt'])
      .where('sessions.uid', '=', uid).where('ended_at', 'is', null).where('expires_at', '>', now).whereRef('sessions.epoch', '>=', 'users.epoch')
      .orderBy('issued_at', 'desc').orderBy('sessions.id')
      .execute(),

    revokeKey: (kid) => inTransaction(async (tx) => {
      const known = await tx.selectFrom('revocations').selectAll().where('kind', '=', 'key').where('subject', '=', kid).executeTakeFirst()
      return known ?? appendRevocation(tx, { kind: 'key', subject: kid, epoch: 0, reason: 'key_revoked', until: FOR_GOOD })
    }),

    endEverything: (at) => inTransaction(async (tx) => {
      await tx.updateTable('sessions').set({ ended_at: at, end_reason: 'restored' }).where('ended_at', 'is', null).execute()
      const revocation = await appendRevocation(tx, { kind: 'all', subject: '', epoch: at, reason: 'restored', until: at + LONGEST_SESSION_MS })
      await writeAudit(tx, [{ at, event: 'restored', uid: null }])
      return revocation
    }),

    async isSessionLive(sessionId) {
      const row = await db.selectFrom('sessions').innerJoin('users', 'users.uid', 'sessions.uid').select('sessions.id')
        .where('sessions.id', '=', sessionId).where('ended_at', 'is', null).whereRef('sessions.epoch', '>=', 'users.epoch')
        .executeTakeFirst()
      return row !== undefined
    },

    endSession: (end) => inTransaction(async (tx) => {
      const row = await tx.selectFrom('sessions').select(['ended_at', 'expires_at']).where('id', '=', end.sessionId).where('uid', '=', end.uid).executeTakeFirst()
      const until = row?.expires_at ?? end.tokenExpiresAt
      if (until === null || (row && row.ended_at !== null)) return null
      await tx.updateTable('sessions').set({ ended_at: end.at, end_reason: end.reason }).where('id', '=', end.sessionId).execute()
      const revocation = await appendRevocation(tx, { kind: 'session', subject: end.sessionId, epoch: 0, reason: end.reason, until })
      await writeAudit(tx, [{ at: end.at, event: 'session_ended', uid: end.uid, subject: end.sessionId, detail: end.reason }])
      return revocation
    }),

    endAllSessions: (end) => inTransaction(async (tx) => {
      const revocation = await raiseEpoch(tx, end)
      if (revocation) await writeAudit(tx, [{ at: end.at, event: 'sessions_ended', uid: end.uid, detail: end.reason }])
      return revocation
    }),

    ban: (uid, at) => inTransaction(async (tx) => {
      await tx.updateTable('users').set({ banned_at: at }).where('uid', '=', uid).execute()
      const revocation = await raiseEpoch(tx, { uid, reason: 'banned', at })
      if (revocation) await writeAudit(tx, [{ at, event: 'banned', uid }])
      return revocation
    }),

    unban: (uid, at) => inTransaction(async (tx) => {
      const lifted = await tx.updateTable('users').set({ banned_at: null }).where('uid', '=', uid).where('banned_at', 'is not', null).executeTakeFirst()
      if (lifted.numUpdatedRows === 0n) return null
      const revocation = await raiseEpoch(tx, { uid, reason: 'ban_lifted', at })
      await writeAudit(tx, [{ at, event: 'ban_lifted', uid }])
      return revocation
    }),

    revocationsAfter: (seq, limit) => db.selectFrom('revocations').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute(),
  }
}

// Every token of an older epoch is dead, whichever session it belongs to.
async function raiseEpoch(tx: Transaction<Tables>, { uid, reason: wanted, at }: { uid: string, reason: Revocation['reason'], at: number }): Promise<Revocation | null> {
  const user = await tx.updateTable('users').set({ epoch: sql<number>`epoch + 1` }).where('uid', '=', uid).returning(['epoch', 'banned_at']).executeTakeFirst()
  if (!user) return null
  // Whatever else ends a banned user's sessions, what his phone must hear is the ban.
  const reason = user.banned_at === null ? wanted : 'banned'
  await tx.updateTable('sessions').set({ ended_at: at, end_reason: reason }).where('uid', '=', uid).where('ended_at', 'is', null).execute()
  return appendRevocation(tx, { kind: 'user', subject: uid, epoch: user.epoch, reason, until: at + LONGEST_SESSION_MS })
}
