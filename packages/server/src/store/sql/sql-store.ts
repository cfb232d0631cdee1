import { sql } from 'kysely'
import type { Kysely, Transaction } from 'kysely'
import { createGroupCommit } from '../group-commit.js'
import { LONGEST_SESSION_MS, PRUNE_MARGIN_MS, SESSION_KEY_GENERATIONS, SUPERSEDED_KEY_LIFE_MS } from '../store.js'
import type { LoginRecord, RecordedLogin, Revocation, Store } from '../store.js'
import { recordLogins } from './record-logins.js'
import { appendRevocation } from './revocations.js'
import { userOf } from './schema.js'
import type { Tables } from './schema.js'

/** The connections of a store. */
export interface Connections {
  /** Every transaction. */
  readonly write: Kysely<Tables>
  /** Everything else, so that a transaction that waits for its turn holds up no reader. May be the same. */
  readonly read: Kysely<Tables>
  /** True for an error that one row has caused; the others of its group may be written without it. */
  readonly isRowFault: (error: unknown) => boolean
}

/** The store on SQL: one Kysely path. */
export function createSqlStore({ write, read: db, isRowFault }: Connections): Store {
  const inTransaction = <T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> => write.transaction().execute(work)
  const commitLogin = createGroupCommit<LoginRecord, RecordedLogin>((logins) => inTransaction((tx) => recordLogins(tx, logins)), { isItemFault: isRowFault })

  const apiKeys = () => db.selectFrom('api_keys').select(['id', 'name', 'created_at as createdAt', 'revoked_at as revokedAt'])

  return {
    recordLogin: commitLogin,

    async findUser(uid) {
      const row = await db.selectFrom('users').selectAll().where('uid', '=', uid).executeTakeFirst()
      return row ? userOf(row) : null
    },

    findIdentities: (uid) => db.selectFrom('identities').select(['appid', 'openid', 'unionid']).where('uid', '=', uid).orderBy('appid').execute(),

    findSessions: (uid, now) => db.selectFrom('sessions').innerJoin('users', 'users.uid', 'sessions.uid')
      .select(['sessions.id as sessionId', 'appid', 'device', 'issued_at as issuedAt', 'expires_at as expiresAt'])
      .where('sessions.uid', '=', uid).where('ended_at', 'is', null).where('expires_at', '>', now).whereRef('sessions.epoch', '>=', 'users.epoch')
      .orderBy('issued_at', 'desc').orderBy('sessions.id')
      .execute(),

    async findOpenid(uid, appid) {
      const row = await db.selectFrom('identities').select('openid').where('uid', '=', uid).where('appid', '=', appid).executeTakeFirst()
      return row?.openid ?? null
    },

    findSessionKeys: (appid, openid, now) => db.selectFrom('session_keys').select('sealed')
      .where('appid', '=', appid).where('openid', '=', openid)
      .where((row) => row.or([row('superseded_at', 'is', null), row('superseded_at', '>=', now - SUPERSEDED_KEY_LIFE_MS)]))
      .orderBy('seen_at', 'desc').limit(SESSION_KEY_GENERATIONS)
      .execute(),

    saveProfile: (uid, profile) => inTransaction(async (tx) => {
      const row = await tx.updateTable('users').set({
        nickname: profile.nickname,
        avatar_url: profile.avatarUrl,
        profile_source: profile.source,
        profile_updated_at: profile.updatedAt,
      }).where('uid', '=', uid).returningAll().executeTakeFirst()
      return row ? userOf(row) : null
    }),

    saveNickname: (uid, nickname, at) => inTransaction(async (tx) => {
      const row = await tx.updateTable('users').set({ nickname, profile_source: 'user', profile_updated_at: at }).where('uid', '=', uid).returningAll().executeTakeFirst()
      return row ? userOf(row) : null
    }),

    endSession: (end) => inTransaction(async (tx) => {
      const row = await tx.selectFrom('sessions').select(['ended_at', 'expires_at']).where('id', '=', end.sessionId).where('uid', '=', end.uid).executeTakeFirst()
      const until = row?.expires_at ?? end.tokenExpiresAt
      if (until === null || (row && row.ended_at !== null)) return null
      await tx.updateTable('sessions').set({ ended_at: end.at, end_reason: end.reason }).where('id', '=', end.sessionId).execute()
      return appendRevocation(tx, { kind: 'session', subject: end.sessionId, epoch: 0, reason: end.reason, until })
    }),

    endAllSessions: (end) => inTransaction((tx) => raiseEpoch(tx, end)),

    ban: (uid, at) => inTransaction(async (tx) => {
      await tx.updateTable('users').set({ banned_at: at }).where('uid', '=', uid).execute()
      return raiseEpoch(tx, { uid, reason: 'banned', at })
    }),

    unban: (uid, at) => inTransaction(async (tx) => {
      const lifted = await tx.updateTable('users').set({ banned_at: null }).where('uid', '=', uid).where('banned_at', 'is not', null).executeTakeFirst()
      return lifted.numUpdatedRows > 0n ? raiseEpoch(tx, { uid, reason: 'ban_lifted', at }) : null
    }),

    async countDecryptFailures(uid, sessionId, since) {
      const counted = await db.selectFrom('decrypt_failures').where('uid', '=', uid)
        .select((row) => [
          row.fn.sum<number | null>(row.case().when('session_id', '=', sessionId).then(1).else(0).end()).as('session'),
          row.fn.sum<number | null>(row.case().when('at', '>', since).then(1).else(0).end()).as('user'),
        ]).executeTakeFirstOrThrow()
      return { session: Number(counted.session ?? 0), user: Number(counted.user ?? 0) }
    },

    addDecryptFailure: (uid, sessionId, at) => inTransaction(async (tx) => {
      await tx.insertInto('decrypt_failures').values({ uid, session_id: sessionId, at }).execute()
    }),

    async isDataUsed(hash) {
      return await db.selectFrom('used_data').select('hash').where('hash', '=', hash).executeTakeFirst() !== undefined
    },

    useData: (hash, until) => inTransaction(async (tx) => {
      const inserted = await tx.insertInto('used_data').values({ hash, until }).onConflict((conflict) => conflict.column('hash').doNothing()).executeTakeFirst()
      return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n
    }),

    async findPhone(uid) {
      const row = await db.selectFrom('phones').select(['sealed', 'country_code as countryCode', 'verified_at as verifiedAt']).where('uid', '=', uid).executeTakeFirst()
      return row ?? null
    },

    savePhone: (uid, { sealed, countryCode, verifiedAt }, blind) => inTransaction(async (tx) => {
      await tx.deleteFrom('phones').where((row) => row.or([row('uid', '=', uid), row('blind', 'in', blind)])).execute()
      await tx.insertInto('phones').values({ uid, sealed, blind: blind[0], country_code: countryCode, verified_at: verifiedAt }).execute()
    }),

    saveTicket: (hash, { uid, appid, sessionId }, expiresAt) => inTransaction(async (tx) => {
      await tx.insertInto('tickets').values({ hash, uid, appid, session_id: sessionId, expires_at: expiresAt, used_at: null }).execute()
    }),

    useTicket: (hash, now) => inTransaction(async (tx) => {
      const row = await tx.updateTable('tickets').set({ used_at: now })
        .where('hash', '=', hash).where('used_at', 'is', null).where('expires_at', '>', now)
        .returning(['uid', 'appid', 'session_id as sessionId']).executeTakeFirst()
      return row ?? null
    }),

    saveApiKey: (hash, { id, name, createdAt }) => inTransaction(async (tx) => {
      await tx.insertInto('api_keys').values({ id, hash, name, created_at: createdAt, revoked_at: null }).execute()
    }),

    async findApiKey(hash) {
      const row = await apiKeys().where('hash', '=', hash).where('revoked_at', 'is', null).executeTakeFirst()
      return row ?? null
    },

    listApiKeys: () => apiKeys().orderBy('created_at').orderBy('id').execute(),

    revokeApiKey: (id, at) => inTransaction(async (tx) => {
      const revoked = await tx.updateTable('api_keys').set({ revoked_at: at }).where('id', '=', id).where('revoked_at', 'is', null).executeTakeFirst()
      return revoked.numUpdatedRows > 0n
    }),

    async findAccessToken(appid) {
      const row = await db.selectFrom('access_tokens').select(['sealed', 'expires_at as expiresAt', 'version']).where('appid', '=', appid).executeTakeFirst()
      return row && row.sealed !== '' ? row : null
    },

    saveAccessToken: (appid, { sealed, expiresAt }, { version }) => inTransaction(async (tx) => {
      await makeAccessTokenRow(tx, appid)
      const saved = await tx.updateTable('access_tokens').set({ sealed, expires_at: expiresAt, version: version + 1 })
        .where('appid', '=', appid).where('version', '=', version)
        .executeTakeFirst()
      return saved.numUpdatedRows > 0n
    }),

    claimForcedRefresh: (appid, now, everyMs) => inTransaction(async (tx) => {
      await makeAccessTokenRow(tx, appid)
      const claimed = await tx.updateTable('access_tokens').set({ forced_at: now }).where('appid', '=', appid).where('forced_at', '<=', now - everyMs).executeTakeFirst()
      return claimed.numUpdatedRows > 0n
    }),

    async isSessionLive(sessionId) {
      const row = await db.selectFrom('sessions').innerJoin('users', 'users.uid', 'sessions.uid').select('sessions.id')
        .where('sessions.id', '=', sessionId).where('ended_at', 'is', null).whereRef('sessions.epoch', '>=', 'users.epoch')
        .executeTakeFirst()
      return row !== undefined
    },

    revocationsAfter: (seq, limit) => db.selectFrom('revocations').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute(),

    prune: (now, limit) => inTransaction(async (tx) => {
      const over = now - PRUNE_MARGIN_MS
      await tx.deleteFrom('sessions').where('id', 'in', (some) => some.selectFrom('sessions').select('id').where('expires_at', '<', over).limit(limit)).execute()
      await tx.deleteFrom('tickets').where('hash', 'in', (some) => some.selectFrom('tickets').select('hash').where('expires_at', '<', over).limit(limit)).execute()
      await tx.deleteFrom('revocations').where('seq', 'in', (some) => some.selectFrom('revocations').select('seq').where('until', '<', over).limit(limit)).execute()
      await tx.deleteFrom('used_data').where('hash', 'in', (some) => some.selectFrom('used_data').select('hash').where('until', '<', over).limit(limit)).execute()
      // A failure counts for its session as long as that can live.
      await tx.deleteFrom('decrypt_failures').where('at', '<', now - LONGEST_SESSION_MS).execute()
      await tx.deleteFrom('session_keys').where('superseded_at', '<', over).execute()
    }),

    async ping() {
      await sql`select 1`.execute(db)
    },

    async close() {
      await write.destroy()
      await db.destroy()
    },
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

async function makeAccessTokenRow(tx: Transaction<Tables>, appid: string): Promise<void> {
  await tx.insertInto('access_tokens').values({ appid, sealed: '', expires_at: 0, version: 0, forced_at: 0 })
    .onConflict((conflict) => conflict.column('appid').doNothing()).execute()
}
