import type { Store, UnionConflict } from '../store/store.js'

/** What the identities of users contradict each other in. */
export interface Identities {
  /**
   * Identities whose unionid belongs to another user, oldest first: two users who are one person. `auth.users.merge()` settles each.
   * @param limit at most so many. Default: 100.
   */
  conflicts(limit?: number): Promise<readonly UnionConflict[]>
}

export function createIdentities(store: Store): Identities {
  return { conflicts: (limit = 100) => store.findUnionConflicts(limit) }
}
