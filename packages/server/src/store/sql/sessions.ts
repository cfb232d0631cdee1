import type { Kysely } from 'kysely'
import { LONGEST_SESSION_MS } from '../store.js'
import type { Revocation, SessionStore } from '../store.js'
import type { SqlAccess } from './access.js'
import { raiseEpoch } from './raise-epoch.js'
import { replaceSession } from './replace-session.js'
import { FOR_GOOD, appendRevocation } from './revocations.js'
import type { Tables } from './schema.js'
import { findSurvivor } from './survivor.js'

/** Whether a session stands: not ended, of this epoch, its app switched on. */
export async function isLive(db: Kysely<Tables>, sessionId: string): Promise<boolean> {
  const row = await db.selectFrom('sessions').innerJoin('users', 'users.uid', 'sessions.uid').select('sessions.id')
    .where('sessions.id', '=', sessionId).where('ended_at', 'is', null).whereRef('sessions.epoch', '>=', 'users.epoch')
    .where((row) => row.not(row.exists(row.selectFrom('disabled_apps as d').select('d.appid').whereRef('d.appid', '=', 'sessions.appid'))))
    .executeTakeFirst()
  return row !== undefined
}

/** Sessions, and what ends them. */
export function sessionsOn({ db, inTransaction, writeAudit }: SqlAccess): SessionStore {
  return {
    findSessions: (uid, now) => db.selectFrom('sessions').innerJoin('users', 'users.uid', 'sessions.uid')
      .select(['sessions.id as sessionId', 'appid', 'device', 'issued_at as issuedAt', 'expires_at as expiresAt'])
      .where('sessions.uid', '=', uid).where('ended_at', 'is', null).where('expires_at', '>', now).whereRef('sessions.epoch', '>=', 'users.epoch')
      .orderBy('issued_at', 'desc').orderBy('sessions.id')
      .execute(),

    revokeKey: (kid, at) => inTransaction(async (tx) => {
      const known = await tx.selectFrom('revocations').selectAll().where('kind', '=', 'key').where('subject', '=', kid).executeTakeFirst()
      if (known) return known
      await writeAudit(tx, [{ at, event: 'key_revoked', uid: null, subject: kid }])
      return appendRevocation(tx, { kind: 'key', subject: kid, epoch: 0, reason: 'key_revoked', until: FOR_GOOD })
    }),

    endEverything: (at) => inTransaction(async (tx) => {
      await tx.updateTable('sessions').set({ ended_at: at, end_reason: 'restored' }).where('ended_at', 'is', null).execute()
      const revocation = await appendRevocation(tx, { kind: 'all', subject: '', epoch: at, reason: 'restored', until: at + LONGEST_SESSION_MS })
      await writeAudit(tx, [{ at, event: 'restored', uid: null }])
      return revocation
    }),

    isSessionLive: (sessionId) => isLive(db, sessionId),

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
      const uid = await findSurvivor(tx, end.uid)
      const revocation = uid === null ? null : await raiseEpoch(tx, { ...end, uid })
      if (revocation) await writeAudit(tx, [{ at: end.at, event: 'sessions_ended', uid, detail: end.reason }])
      return revocation
    }),

    endSessionsBeyond: (most, at, limit) => inTransaction(async (tx) => {
      const live = tx.selectFrom('sessions').innerJoin('users', 'users.uid', 'sessions.uid')
        .select(['sessions.id', 'sessions.uid', 'appid', 'expires_at'])
        .select((row) => row.fn.agg<number>('row_number').over((over) => over.partitionBy(['sessions.uid', 'appid']).orderBy('issued_at', 'desc').orderBy('sessions.id', 'desc')).as('place'))
        .where('ended_at', 'is', null).where('expires_at', '>', at).whereRef('sessions.epoch', '>=', 'users.epoch')
      const beyond = await tx.selectFrom(live.as('live')).selectAll().where('place', '>', most).limit(limit).execute()
      const replaced: Revocation[] = []
      for (const session of beyond) replaced.push(await replaceSession(tx, session, at))
      await writeAudit(tx, beyond.map(({ id, uid, appid }) => ({ at, event: 'session_ended', uid, appid, subject: id, detail: 'replaced' })))
      return replaced
    }),

    ban: (asked, at) => inTransaction(async (tx) => {
      const uid = await findSurvivor(tx, asked)
      if (uid === null) return null
      await tx.updateTable('users').set({ banned_at: at }).where('uid', '=', uid).execute()
      const revocation = await raiseEpoch(tx, { uid, reason: 'banned', at })
      if (revocation) await writeAudit(tx, [{ at, event: 'banned', uid }])
      return revocation
    }),

    unban: (asked, at) => inTransaction(async (tx) => {
      const uid = await findSurvivor(tx, asked)
      if (uid === null) return null
      const lifted = await tx.updateTable('users').set({ banned_at: null }).where('uid', '=', uid).where('banned_at', 'is not', null).executeTakeFirst()
      if (lifted.numUpdatedRows === 0n) return null
      const revocation = await raiseEpoch(tx, { uid, reason: 'ban_lifted', at })
      await writeAudit(tx, [{ at, event: 'ban_lifted', uid }])
      return revocation
    }),

    revocationsAfter: (seq, limit) => db.selectFrom('revocations').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute(),
  }
}
