import type { Revocation } from './sessions.js'
import type { IdentityRecord } from './users.js'

/** What merging one user into another does. */
export interface MergePlan {
  /** The user who goes; his uid stays as an alias. */
  readonly from: string
  /** The user who stays. */
  readonly into: string
  /** What moves. */
  readonly moves: {
    readonly identities: readonly IdentityRecord[]
    readonly profile: boolean
    readonly phone: boolean
    /** How many: what he ever agreed to or withdrew. */
    readonly consents: number
  }
  /** Live sessions of both that end; their phones log in again silently. */
  readonly endsSessions: number
  /** True when one of them is banned: the merged user is. */
  readonly banned: boolean
  /** What both have. */
  readonly conflicts: readonly MergeConflict[]
}

/**
 * Something that both users have. `profile`, `phone`: what the surviving user has stays, the other's is dropped.
 * `external_id`: both find the surviving user. `app`: both have an openid in this app, and both openids stay.
 */
export type MergeConflict =
  | { readonly what: 'profile' | 'phone' | 'external_id' }
  | { readonly what: 'app', readonly appid: string }

/** A merge, ready to be written. */
export interface MergeRecord {
  readonly from: string
  readonly into: string
  /** ms since the epoch. */
  readonly at: number
  /** The sealed number of `from` as it was read, and the same one sealed for `into`; null when it has none. */
  readonly phone: { readonly was: string, readonly sealed: string } | null
}

/** Why there is nothing to merge: one of them is not known, they are one user already, or the phone number, or the user it is sealed for, changed since it was read. */
export type MergeRefusal = 'unknown' | 'already_merged' | 'changed'

/** Merging two users. */
export interface MergeStore {
  /** What a merge would do at `now`; changes nothing. */
  planMerge(from: string, into: string, now: number): Promise<MergePlan | MergeRefusal>
  /**
   * Merges all of it or nothing. Identities, unionids, profile and phone move, the uid of `from` becomes an alias of `into`,
   * both epochs are raised. An alias given as `into` means the user behind it; an alias given as `from` is merged already:
   * of two merges that cross each other exactly one is done.
   */
  mergeUsers(merge: MergeRecord): Promise<{ readonly plan: MergePlan, readonly revocations: readonly Revocation[] } | MergeRefusal>
}
