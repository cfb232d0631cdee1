import type { Transaction } from 'kysely'
import type { UserStore } from '../store.js'
import type { SqlAccess } from './access.js'
import { userOf } from './schema.js'
import type { Tables } from './schema.js'
import { survivor } from './survivor.js'

/** Asked before anything is written about a user: he may have been erased or merged away since his session was checked. */
export async function isUser(tx: Transaction<Tables>, uid: string): Promise<boolean> {
  return await tx.selectFrom('users').select('uid').where('uid', '=', uid).where('merged_into', 'is', null).executeTakeFirst() !== undefined
}

/** Users, their identities and profiles. */
export function usersOn({ db, inTransaction }: SqlAccess): UserStore {
  return {
    async findUser(uid) {
      const row = await db.selectFrom('users').selectAll().where('uid', '=', survivor(uid)).executeTakeFirst()
      return row ? userOf(row) : null
    },

    async findAliases(uid) {
      const rows = await db.selectFrom('users').select('uid').where('merged_into', '=', uid).orderBy('uid').execute()
      return rows.map((row) => row.uid)
    },

    findIdentities: (uid) => db.selectFrom('identities').select(['appid', 'openid', 'unionid']).where('uid', '=', survivor(uid)).orderBy('appid').orderBy('openid').execute(),

    async findSessionIdentity(sessionId) {
      const row = await db.selectFrom('sessions as s')
        .innerJoin('identities as i', (on) => on.onRef('i.appid', '=', 's.appid').onRef('i.openid', '=', 's.openid').onRef('i.uid', '=', 's.uid'))
        .innerJoin('users as u', 'u.uid', 's.uid')
        .select(['i.appid', 'i.openid', 'i.unionid', 'u.external_id as externalId']).where('s.id', '=', sessionId).executeTakeFirst()
      return row ?? null
    },

    async findOpenid(uid, appid) {
      const row = await db.selectFrom('identities').select('openid').where('uid', '=', uid).where('appid', '=', appid).orderBy('created_at', 'desc').orderBy('openid').executeTakeFirst()
      return row?.openid ?? null
    },

    saveProfile: (uid, profile) => inTransaction(async (tx) => {
      const row = await tx.updateTable('users').set({
        nickname: profile.nickname,
        avatar_url: profile.avatarUrl,
        profile_source: profile.source,
        profile_updated_at: profile.updatedAt,
      }).where('uid', '=', uid).where('merged_into', 'is', null).returningAll().executeTakeFirst()
      return row ? userOf(row) : null
    }),

    saveNickname: (uid, nickname, at) => inTransaction(async (tx) => {
      const row = await tx.updateTable('users').set({ nickname, profile_source: 'user', profile_updated_at: at }).where('uid', '=', uid).where('merged_into', 'is', null).returningAll().executeTakeFirst()
      return row ? userOf(row) : null
    }),
  }
}
