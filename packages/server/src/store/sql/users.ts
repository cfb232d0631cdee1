import type { Transaction } from 'kysely'
import type { UserStore } from '../store.js'
import type { SqlAccess } from './access.js'
import { userOf } from './schema.js'
import type { Tables } from './schema.js'

/** Asked before anything is written about a user: he may have been erased since his session was checked. */
export async function isUser(tx: Transaction<Tables>, uid: string): Promise<boolean> {
  return await tx.selectFrom('users').select('uid').where('uid', '=', uid).executeTakeFirst() !== undefined
}

/** Users, their identities and profiles. */
export function usersOn({ db, inTransaction }: SqlAccess): UserStore {
  return {
    async findUser(uid) {
      const row = await db.selectFrom('users').selectAll().where('uid', '=', uid).executeTakeFirst()
      return row ? userOf(row) : null
    },

    findIdentities: (uid) => db.selectFrom('identities').select(['appid', 'openid', 'unionid']).where('uid', '=', uid).orderBy('appid').execute(),

    async findOpenid(uid, appid) {
      const row = await db.selectFrom('identities').select('openid').where('uid', '=', uid).where('appid', '=', appid).executeTakeFirst()
      return row?.openid ?? null
    },

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
  }
}
