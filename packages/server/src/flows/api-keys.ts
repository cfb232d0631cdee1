import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../clock.js'
import type { ApiKeyRecord, Store } from '../store/store.js'

/** Keys that back ends show for introspection and tickets. Only their hashes are kept. */
export interface ApiKeys {
  /** A new key; this is the only time it can be seen. */
  create(name: string): Promise<ApiKey>
  list(): Promise<readonly ApiKeyRecord[]>
  /** False when there is no valid key of this id. */
  revoke(id: string): Promise<boolean>
  isValid(key: string): Promise<boolean>
}

/** A key that was just made. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  /** `txk_` and 43 base64url characters. */
  readonly key: string
}

const KEY = /^txk_[A-Za-z0-9_-]{43}$/

export function createApiKeys(store: Store, clock: Clock): ApiKeys {
  return {
    async create(name) {
      const key = { id: `k_${randomBytes(6).toString('base64url')}`, name, key: `txk_${randomBytes(32).toString('base64url')}` }
      await store.saveApiKey(hashOf(key.key), { id: key.id, name, createdAt: clock.now() })
      return key
    },
    list: () => store.listApiKeys(),
    revoke: (id) => store.revokeApiKey(id, clock.now()),
    isValid: async (key) => KEY.test(key) && (await store.findApiKey(hashOf(key))) !== null,
  }
}

// 256 random bits need no slow hash; looking the hash up leaks nothing about the key by its time.
function hashOf(key: string): string {
  return createHash('sha256').update(`api key ${key}`).digest('hex')
}
