import type { ApiKeyStore } from '../store.js'
import type { SqlAccess } from './access.js'

/** Keys of back ends, by their hashes. */
export function apiKeysOn({ db, inTransaction, writeAudit }: SqlAccess): ApiKeyStore {
  const apiKeys = () => db.selectFrom('api_keys').select(['id', 'name', 'created_at as createdAt', 'revoked_at as revokedAt'])

  return {
    saveApiKey: (hash, { id, name, createdAt }) => inTransaction(async (tx) => {
      await tx.insertInto('api_keys').values({ id, hash, name, created_at: createdAt, revoked_at: null }).execute()
      await writeAudit(tx, [{ at: createdAt, event: 'api_key_created', uid: null, subject: id }])
    }),

    async findApiKey(hash) {
      const row = await apiKeys().where('hash', '=', hash).where('revoked_at', 'is', null).executeTakeFirst()
      return row ?? null
    },

    listApiKeys: () => apiKeys().orderBy('created_at').orderBy('id').execute(),

    revokeApiKey: (id, at) => inTransaction(async (tx) => {
      const revoked = await tx.updateTable('api_keys').set({ revoked_at: at }).where('id', '=', id).where('revoked_at', 'is', null).executeTakeFirst()
      if (revoked.numUpdatedRows === 0n) return false
      await writeAudit(tx, [{ at, event: 'api_key_revoked', uid: null, subject: id }])
      return true
    }),
  }
}
