import type { Transaction } from 'kysely'
import type { AccessTokenStore } from '../store.js'
import type { SqlAccess } from './access.js'
import type { Tables } from './schema.js'

/** WeChat’s access_token, one row an app. */
export function accessTokensOn({ db, inTransaction }: SqlAccess): AccessTokenStore {
  return {
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
  }
}

async function makeAccessTokenRow(tx: Transaction<Tables>, appid: string): Promise<void> {
  await tx.insertInto('access_tokens').values({ appid, sealed: '', expires_at: 0, version: 0, forced_at: 0 })
    .onConflict((conflict) => conflict.column('appid').doNothing()).execute()
}
