import { createHmac, randomBytes } from 'node:crypto'
import type { EraseReceipt } from '@tongxing/protocol'
import type { Clock } from '../clock.js'
import { isAuthError } from '../errors.js'
import type { Logger, Pseudonymise } from '../log.js'
import type { KeyRing } from '../session/keys.js'
import type { RevocationIndex } from '../session/revocation.js'
import type { TokenSeal } from '../session/token.js'
import type { ErasedName, Store, Tombstone } from '../store/store.js'
import { demandFreshLogin } from './fresh-login.js'
import type { HookRunner } from './hooks.js'
import { gone } from './gone.js'
import type { Verify } from './verify.js'

/** Forgetting people. */
export interface Erasures {
  /**
   * Erases the user of a token: everything of him is gone, his sessions end everywhere, and his phones ask before they log in again. The
   * same token once more gives the same receipt. Throws `reauth_required` when the login is more than 5 minutes old, and what `verify` throws.
   */
  eraseSelf(token: string): Promise<EraseReceipt>
  /** Erases a user; the same uid once more gives the same receipt. null when there never was such a user. */
  erase(uid: string): Promise<EraseReceipt | null>
  /** What stays of all who were erased: keyed hashes. To be taken along when an older database is put in the place of this one. */
  tombstones(): Promise<readonly Tombstone[]>
  /**
   * Erases again, in a database restored from a backup, whoever was erased after the backup was made; who logged in anew since has another
   * uid and stays. Needs the sealing keys of the time of the erasures. Returns how many it found.
   */
  applyTombstones(tombstones: readonly Tombstone[]): Promise<number>
}

export interface ErasureParts {
  readonly store: Store
  readonly tokens: TokenSeal
  readonly ring: KeyRing
  readonly index: RevocationIndex
  readonly verify: Verify
  readonly hooks: HookRunner
  /** Removes the pictures that belong to nobody any more. */
  readonly sweep: () => Promise<void>
  readonly clock: Clock
  readonly log: Logger
  readonly pseudonym: Pseudonymise
}

const PAGE = 500

export function createErasures(parts: ErasureParts): Erasures {
  const { store, tokens, index, verify, hooks, sweep, clock, log, pseudonym } = parts
  // One hash for each sealing key, newest first: names are known again also after a rotation.
  const hashers = parts.ring.keys.map(({ pseudonymKey }) => (name: ErasedName) => hashOf(pseudonymKey, name)) as [Hash, ...Hash[]]
  const receiptOf = (uid: string): Promise<EraseReceipt | null> => store.findReceipt(hashers.map((hash) => hash({ uid })))

  async function erase(uid: string): Promise<EraseReceipt | null> {
    const receiptId = `er_${randomBytes(16).toString('base64url')}`
    const erased = await store.eraseUser({ uid, receiptId, at: clock.now(), tombstoneOf: hashers[0] })
    if (!erased) return receiptOf(uid)
    for (const revocation of erased.revocations) index.apply(revocation)
    await sweep()
    log.info({ event: 'erased', user: pseudonym(uid), receipt: receiptId }, 'a user was erased')
    await hooks.run('onErase', { uid, receiptId })
    return erased.receipt
  }

  return {
    erase,
    async eraseSelf(token) {
      try {
        const session = await verify(token)
        demandFreshLogin(session, clock)
        return (await erase(session.uid)) ?? await gone(store, session.uid)
      } catch (error) {
        const claims = isAuthError(error) && error.reason === 'erased' ? tokens.open(token) : null
        const receipt = claims && await receiptOf(claims.uid)
        if (receipt) return receipt
        throw error
      }
    },
    tombstones: () => allTombstones(store),
    async applyTombstones(tombstones) {
      await store.addTombstones(tombstones)
      const hashes = new Set(tombstones.map(({ hash }) => hash))
      let found = 0
      for (let page = await store.uidsAfter('', PAGE); page.length > 0; page = await store.uidsAfter(page.at(-1)!, PAGE)) {
        for (const uid of page.filter((candidate) => hashers.some((hash) => hashes.has(hash({ uid: candidate }))))) {
          await erase(uid)
          found++
        }
      }
      return found
    },
  }
}

type Hash = (name: ErasedName) => string

function hashOf(key: Uint8Array, name: ErasedName): string {
  const text = 'uid' in name ? `tombstone uid ${name.uid}` : `tombstone identity ${name.appid} ${name.openid}`
  return createHmac('sha256', key).update(text).digest('base64url')
}

async function allTombstones(store: Store): Promise<readonly Tombstone[]> {
  const all: Tombstone[] = []
  for (let page = await store.tombstonesAfter('', PAGE); page.length > 0; page = await store.tombstonesAfter(page.at(-1)!.hash, PAGE)) all.push(...page)
  return all
}
