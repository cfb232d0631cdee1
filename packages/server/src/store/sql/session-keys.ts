import { SESSION_KEY_GENERATIONS, SUPERSEDED_KEY_LIFE_MS } from '../store.js'
import type { SessionKeyStore } from '../store.js'
import type { SqlAccess } from './access.js'

/** Generations of WeChat’s session_key. */
export function sessionKeysOn({ db, inTransaction }: SqlAccess): SessionKeyStore {
  return {
    findSessionKeys: (appid, openid, now) => db.selectFrom('session_keys').select('sealed')
      .where('appid', '=', appid).where('openid', '=', openid)
      .where((row) => row.or([row('superseded_at', 'is', null), row('superseded_at', '>=', now - SUPERSEDED_KEY_LIFE_MS)]))
      .orderBy('seen_at', 'desc').limit(SESSION_KEY_GENERATIONS)
      .execute(),

    replaceSessionKey: (appid, openid, { fingerprint, sealed }, at) => inTransaction(async (tx) => {
      await tx.updateTable('session_keys').set({ superseded_at: at })
        .where('appid', '=', appid).where('openid', '=', openid).where('superseded_at', 'is', null)
        .execute()
      await tx.insertInto('session_keys').values({ appid, openid, fingerprint, sealed, seen_at: at, superseded_at: null })
        .onConflict((conflict) => conflict.columns(['appid', 'openid', 'fingerprint']).doUpdateSet({ sealed, seen_at: at, superseded_at: null }))
        .execute()
    }),
  }
}
