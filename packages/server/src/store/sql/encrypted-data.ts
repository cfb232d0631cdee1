import type { EncryptedDataStore } from '../store.js'
import type { SqlAccess } from './access.js'
import { isUser } from './users.js'

/** The budget of encrypted data, and its single use. */
export function encryptedDataOn({ db, inTransaction }: SqlAccess): EncryptedDataStore {
  return {
    async countDecryptFailures(uid, sessionId, since) {
      const counted = await db.selectFrom('decrypt_failures').where('uid', '=', uid)
        .select((row) => [
          row.fn.sum<number | null>(row.case().when('session_id', '=', sessionId).then(1).else(0).end()).as('session'),
          row.fn.sum<number | null>(row.case().when('at', '>', since).then(1).else(0).end()).as('user'),
        ]).executeTakeFirstOrThrow()
      return { session: Number(counted.session ?? 0), user: Number(counted.user ?? 0) }
    },

    addDecryptFailure: (uid, sessionId, at) => inTransaction(async (tx) => {
      if (!(await isUser(tx, uid))) return
      await tx.insertInto('decrypt_failures').values({ uid, session_id: sessionId, at }).execute()
    }),

    async isDataUsed(hash) {
      return await db.selectFrom('used_data').select('hash').where('hash', '=', hash).executeTakeFirst() !== undefined
    },

    useData: (hash, until) => inTransaction(async (tx) => {
      const inserted = await tx.insertInto('used_data').values({ hash, until }).onConflict((conflict) => conflict.column('hash').doNothing()).executeTakeFirst()
      return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n
    }),
  }
}
