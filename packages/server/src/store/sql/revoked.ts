import type { RevokedDataStore } from '../store.js'
import type { SqlAccess } from './access.js'
import { dropEmptyProfile } from './empty-profile.js'

/** Data that the user took back at WeChat. */
export function revokedDataOn({ db, inTransaction }: SqlAccess): RevokedDataStore {
  return {
    async findUid(appid, openid) {
      const row = await db.selectFrom('identities').select('uid').where('appid', '=', appid).where('openid', '=', openid).executeTakeFirst()
      return row?.uid ?? null
    },

    forgetWechatProfile: (uid, at) => inTransaction(async (tx) => {
      await tx.updateTable('users').set({ nickname: null, avatar_url: null, profile_source: null, profile_updated_at: at })
        .where('uid', '=', uid).where('profile_source', '=', 'wechat').execute()
    }),

    forgetRevoked: (uid, what, at) => inTransaction(async (tx) => {
      const forgotten = { ...(what.includes('nickname') && { nickname: null }), ...(what.includes('avatar') && { avatar_url: null }) }
      if (Object.keys(forgotten).length > 0) await tx.updateTable('users').set({ ...forgotten, profile_updated_at: at }).where('uid', '=', uid).execute()
      await dropEmptyProfile(tx, uid)
      if (what.includes('avatar')) await tx.updateTable('avatars').set({ uid: null, remove_after: at }).where('uid', '=', uid).execute()
      if (what.includes('phone')) await tx.deleteFrom('phones').where('uid', '=', uid).execute()
    }),
  }
}
