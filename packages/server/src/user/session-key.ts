import { createHash } from 'node:crypto'
import { reveal } from '../secret.js'
import type { Secret, StoredSealer } from '../secret.js'
import type { LoginRecord, Store } from '../store/store.js'

/** Keeps WeChat's session_keys: sealed, and as a small set, because codes may be exchanged in another order than they were issued. */
export interface SessionKeys {
  /** The form in which a login stores its key. */
  seal(appid: string, openid: string, sessionKey: Secret): LoginRecord['sessionKey']
  /** Keeps a key that replaced all others at WeChat. */
  replace(appid: string, openid: string, sessionKey: Secret): Promise<void>
  /** The keys that may still open the data of this identity of a user; empty when the server holds none. */
  usable(identity: { readonly uid: string, readonly appid: string, readonly openid: string }): Promise<readonly Secret[]>
}

export function createSessionKeys(store: Store, sealer: StoredSealer, now: () => number): SessionKeys {
  const contextOf = (appid: string, openid: string): string => `session_keys ${appid} ${openid}`
  const seal = (appid: string, openid: string, sessionKey: Secret): LoginRecord['sessionKey'] => ({
    // One-way and of 128 random bits: it tells equal keys apart from different ones and nothing else.
    fingerprint: createHash('sha256').update(`session_key ${appid} ${openid} ${reveal(sessionKey)}`).digest('hex').slice(0, 32),
    sealed: sealer.seal(sessionKey, contextOf(appid, openid)),
  })
  return {
    seal,
    replace: (appid, openid, sessionKey) => store.replaceSessionKey(appid, openid, seal(appid, openid, sessionKey), now()),
    async usable({ uid, appid, openid }) {
      const generations = await store.findSessionKeys(appid, openid, now())
      const keys = await Promise.all(generations.map(({ sealed }) => sealer.open(sealed, contextOf(appid, openid), { table: 'session_keys', uid, appid })))
      return keys.filter((key) => key !== null)
    },
  }
}
