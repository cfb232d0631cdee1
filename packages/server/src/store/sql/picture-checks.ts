import type { Transaction } from 'kysely'
import type { PictureCheck, PictureCheckStore } from '../store.js'
import type { SqlAccess } from './access.js'
import { dropEmptyProfile } from './empty-profile.js'
import type { Tables } from './schema.js'

/** What WeChat says of pictures. */
export function pictureChecksOn({ inTransaction, writeAudit }: SqlAccess): PictureCheckStore {
  return {
    judgePicture: ({ appid, traceId, acceptable, detail, at, urlOf }) => inTransaction(async (tx) => {
      const { avatar_id: id } = await tx.insertInto('picture_checks').values({ appid, trace_id: traceId, avatar_id: null, acceptable: Number(acceptable), at })
        .onConflict((known) => known.columns(['appid', 'trace_id']).doUpdateSet({ acceptable: Number(acceptable) }))
        .returning('avatar_id').executeTakeFirstOrThrow()
      const owner = acceptable || id === null ? undefined : await tx.selectFrom('avatars').select('uid').where('id', '=', id).executeTakeFirst()
      if (id === null || !owner?.uid) return null
      await tx.updateTable('users').set({ avatar_url: null, profile_updated_at: at }).where('uid', '=', owner.uid).where('avatar_url', '=', urlOf(id)).execute()
      await dropEmptyProfile(tx, owner.uid)
      await tx.updateTable('avatars').set({ uid: null, remove_after: at }).where('id', '=', id).execute()
      await writeAudit(tx, [{ at, event: 'avatar_withdrawn', uid: owner.uid, appid, subject: traceId, detail }])
      return owner.uid
    }),
  }
}

/** Notes which picture a check is about; false when its verdict came before and was no. */
export async function noteCheck(tx: Transaction<Tables>, { appid, traceId }: PictureCheck, avatarId: string, at: number): Promise<boolean> {
  const { acceptable } = await tx.insertInto('picture_checks').values({ appid, trace_id: traceId, avatar_id: avatarId, acceptable: null, at })
    .onConflict((known) => known.columns(['appid', 'trace_id']).doUpdateSet({ avatar_id: avatarId }))
    .returning('acceptable').executeTakeFirstOrThrow()
  return acceptable !== 0
}
