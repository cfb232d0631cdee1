/** An identity whose unionid belongs to another user: two users are one person, and nobody has said so yet. */
export interface UnionConflict {
  readonly unionScope: string
  readonly unionid: string
  /** Whose the unionid is. */
  readonly owner: string
  /** Whose the identity is. */
  readonly uid: string
  readonly appid: string
  readonly openid: string
  /** ms since the epoch: the login that showed it. */
  readonly since: number
}

/** Identities that contradict each other. */
export interface IdentityStore {
  /** Every conflict that stands, oldest first, at most `limit`. */
  findUnionConflicts(limit: number): Promise<readonly UnionConflict[]>
}
