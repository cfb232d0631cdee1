import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../clock.js'
import type { ApiKeyRecord, Store } from '../store/store.js'

/** What a key may do: `backend`, introspection and tickets; `admin`, the admin listener. Neither can do the other's, and none makes keys. */
export type ApiKeyKind = 'backend' | 'admin'

/** Keys that back ends show for introspection and tickets, and operators on the admin listener. Only their hashes are kept. */
export interface ApiKeys {
  /** A new key; this is the only time it can be seen. */
  create(name: string, kind?: ApiKeyKind): Promise<ApiKey>
  list(): Promise<readonly ApiKeyRecord[]>
  /** False when there is no valid key of this id. */
  revoke(id: string): Promise<boolean>
  /** Whether it is a valid key of this kind. Default: `backend`. */
  isValid(key: string, kind?: ApiKeyKind): Promise<boolean>
}

/** A key that was just made. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  /** `txk_` (backend) or `txa_` (admin) and 43 base64url characters. */
  readonly key: string
}

const KEYS: Readonly<Record<ApiKeyKind, RegExp>> = { backend: /^txk_[A-Za-z0-9_-]{43}$/, admin: /^txa_[A-Za-z0-9_-]{43}$/ }
// The kind stands in the key itself, and the key's hash in the database: nobody can turn one kind into the other.
const PREFIXES = { backend: { id: 'k_', key: 'txk_' }, admin: { id: 'a_', key: 'txa_' } }

export function createApiKeys(store: Store, clock: Clock): ApiKeys {
  return {
    async create(name, kind = 'backend') {
      const prefix = PREFIXES[kind]
      const key = { id: `${prefix.id}${randomBytes(6).toString('base64url')}`, name, key: `${prefix.key}${randomBytes(32).toString('base64url')}` }
      await store.saveApiKey(hashOf(key.key), { id: key.id, name, createdAt: clock.now() })
      return key
    },
    list: () => store.listApiKeys(),
    revoke: (id) => store.revokeApiKey(id, clock.now()),
    isValid: async (key, kind = 'backend') => KEYS[kind].test(key) && (await store.findApiKey(hashOf(key))) !== null,
  }
}

// 256 random bits need no slow hash; looking the hash up leaks nothing about the key by its time.
function hashOf(key: string): string {
  return createHash('sha256').update(`api key ${key}`).digest('hex')
}
