import type { Clock } from '../clock.js'
import type { Logger } from '../log.js'
import type { KeyRing } from '../session/keys.js'
import type { RevocationIndex } from '../session/revocation.js'
import type { Store } from '../store/store.js'
import type { Phones } from '../user/phone.js'

/** The keys that seal tokens and stored secrets. */
export interface SealingKeys {
  /** The ring, newest first: the first seals, all of them open. */
  list(): Promise<readonly SealingKey[]>
  /**
   * Ends every token of a leaked key on all servers, within the feed's age; their phones log in again silently.
   * Throws TypeError when the ring has no such key, or when it is the one that seals: its new tokens would be dead too.
   */
  revoke(kid: string): Promise<void>
  /** Puts stored phone numbers under the key that seals, so that older keys can be retired; returns how many it changed. */
  reseal(): Promise<number>
}

/** One key of the ring, without the key itself. */
export interface SealingKey {
  /** 8 hex digits. */
  readonly kid: string
  /** `seals`: new tokens. `opens`: older ones. `revoked`: opens stored secrets, and no token. */
  readonly state: 'seals' | 'opens' | 'revoked'
}

interface SealingKeysParts {
  readonly ring: KeyRing
  readonly store: Store
  readonly index: RevocationIndex
  readonly clock: Clock
  readonly log: Logger
}

export function createSealingKeys({ ring, store, index, clock, log }: SealingKeysParts, phones: Phones): SealingKeys {
  const { current, keys } = ring
  return {
    async list() {
      return keys.map(({ kid }) => ({ kid, state: index.isKeyRevoked(kid) ? 'revoked' : kid === current.kid ? 'seals' : 'opens' }))
    },
    async revoke(kid) {
      if (kid === current.kid) throw new TypeError(`${kid} is the key that seals; add a new one in front first`)
      if (!keys.some((key) => key.kid === kid)) throw new TypeError(`the ring has no key ${kid}`)
      index.apply(await store.revokeKey(kid, clock.now()))
      log.warn({ event: 'key_revoked', kid }, 'sealing key revoked: its tokens are dead')
    },
    reseal: () => phones.reseal(),
  }
}
