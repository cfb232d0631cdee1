import type { EraseReceipt, ExportedSession } from '@tongxing/protocol'
import type { ConsentRecord } from './consents.js'
import type { Revocation } from './sessions.js'

/** The erasure of one user. */
export interface Erasure {
  readonly uid: string
  /** Id of the receipt to write. */
  readonly receiptId: string
  readonly at: number
  /** A keyed hash: what stays of his names, so that they are known again, and by nobody without the key. */
  readonly tombstoneOf: (name: ErasedName) => string
}

/** A name of an erased user. */
export type ErasedName = { readonly uid: string } | { readonly appid: string, readonly openid: string }

/** A user who is no more. */
export interface Erased {
  readonly receipt: EraseReceipt
  /** One for each session whose token could still be shown. */
  readonly revocations: readonly Revocation[]
}

/** What stays of an erased user: a keyed hash of each of his names. */
export interface Tombstone {
  readonly hash: string
  readonly receiptId: string
  readonly erasedAt: number
}

/** What is held on one user beside his user row, identities and phone. */
export interface Holdings {
  /** All of them, ended ones too, newest first. */
  readonly sessions: readonly ExportedSession[]
  readonly consents: readonly ConsentRecord[]
}

/** What a person may demand: to see everything, and to be forgotten. */
export interface ErasureStore {
  /** With those of the users who were merged into him. */
  findHoldings(uid: string): Promise<Holdings>
  /**
   * Removes a user and everything of him, ends his sessions, and writes receipt and tombstones, all or nothing; null when there is no such
   * user. When it resolves, his bytes are overwritten, wherever the engine can do that. Pictures are left for `avatarsToRemove`.
   * Events of the audit log stay: they name nobody.
   */
  eraseUser(erasure: Erasure): Promise<Erased | null>
  /** The receipt of the erasure that left one of these tombstones, or null. */
  findReceipt(hashes: readonly string[]): Promise<EraseReceipt | null>
  /** All tombstones after `hash`, in their order, at most `limit`. */
  tombstonesAfter(hash: string, limit: number): Promise<readonly Tombstone[]>
  /** Takes tombstones over from another database; those it has stay as they are. */
  addTombstones(tombstones: readonly Tombstone[]): Promise<void>
  /** Uids after `uid`, in their order, at most `limit`. */
  uidsAfter(uid: string, limit: number): Promise<readonly string[]>
}
