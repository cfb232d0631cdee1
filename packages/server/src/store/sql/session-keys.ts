import { SESSION_KEY_GENERATIONS, SUPERSEDED_KEY_LIFE_MS } from '../store.js'
import type { SessionKeyStore } from '../store.js'
import type { SqlAccess } from './access.js'

/** Generations of WeChat’s session_key. */
export function sessionKeysOn({ db }: SqlAccess): SessionKeyStore {
  return {
    findSessionKeys: (appid, openid, now) => db.selectFrom('session_keys').select('sealed')
      .where('appid', '=', appid).where('openid', '=', openid)
      .where((row) => row.or([row('superseded_at', 'is', null), row('superseded_at', '>=', now - SUPERSEDED_KEY_LIFE_MS)]))
      .orderBy('seen_at', 'desc').limit(SESSION_KEY_GENERATIONS)
      .execute(),
  }
}
