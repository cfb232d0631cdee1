import type { AvatarRows } from '../store.js'
import type { SqlAccess } from './access.js'
import { noteCheck } from './picture-checks.js'
import { userOf } from './schema.js'
import { isUser } from './users.js'

const LONGEST_WAIT_MS = 1000

/** Which picture belongs to whom. */
export function avatarsOn({ db, inTransaction, overwriteTraces }: SqlAccess): AvatarRows {
  return {
    announceAvatar: (id, removeAfter) => inTransaction(async (tx) => {
      await tx.insertInto('avatars').values({ id, uid: null, remove_after: removeAfter }).execute()
    }),

    saveAvatar: (uid, id, url, at, check) => inTransaction(async (tx) => {
      if (check && !(await isUser(tx, uid))) return null
      if (check && !(await noteCheck(tx, check, id, at))) return 'unacceptable'
      const row = await tx.updateTable('users').set({ avatar_url: url, profile_source: 'user', profile_updated_at: at }).where('uid', '=', uid).where('merged_into', 'is', null).returningAll().executeTakeFirst()
      if (!row) return null
      await tx.updateTable('avatars').set({ uid: null, remove_after: at }).where('uid', '=', uid).execute()
      await tx.updateTable('avatars').set({ uid, remove_after: null }).where('id', '=', id).execute()
      return userOf(row)
    }),

    async avatarsToRemove(now, limit) {
      const rows = await db.selectFrom('avatars').select('id').where('remove_after', '<=', now).limit(limit).execute()
      return rows.map(({ id }) => id)
    },

    async forgetAvatar(id) {
      await inTransaction(async (tx) => {
        const forgotten = await tx.deleteFrom('avatars').where('id', '=', id).where('uid', 'is', null).executeTakeFirst()
        if (forgotten.numDeletedRows > 0n) await tx.deleteFrom('picture_checks').where('avatar_id', '=', id).execute()
      })
      await overwriteTraces(LONGEST_WAIT_MS)
    },
  }
}
