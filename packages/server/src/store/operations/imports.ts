/** One identity of an existing user base, ready to be written. */
export interface ImportRecord {
  readonly appid: string
  readonly openid: string
  readonly unionid: string | null
  readonly unionScope: string
  /** The application's own id of the user. */
  readonly externalId: string | null
  readonly nickname: string | null
  /** The uid to use if this is a new user. */
  readonly newUid: string
  /** ms since the epoch. */
  readonly createdAt: number
}

/**
 * What became of a row. `created`: a new user. `linked`: a new identity of a known user. `updated`: a known identity learnt something.
 * `conflict`: openid, unionid and external id are not one user's, or he has another external id; nothing was written.
 */
export type ImportedRow =
  | { readonly outcome: 'created' | 'linked' | 'updated' | 'unchanged', readonly uid: string }
  | { readonly outcome: 'conflict', readonly what: 'unionid' | 'external_id' }

/** A phone number of an import, sealed for its user. */
export interface ImportedPhone {
  readonly uid: string
  readonly sealed: string
  /** As in `savePhone`. */
  readonly blind: readonly [string, ...string[]]
  readonly countryCode: string
  /** ms since the epoch. */
  readonly verifiedAt: number
}

/** Taking over an existing user base. */
export interface ImportStore {
  /** Writes rows, all of them or none; the same row once more changes nothing. One result each, in order. */
  importUsers(rows: readonly ImportRecord[], at: number): Promise<readonly ImportedRow[]>
  /** Binds numbers to users who have none; takes none away from anybody. True for each that is bound now, false for one that is another user's. */
  importPhones(phones: readonly ImportedPhone[]): Promise<readonly boolean[]>
  /** The uid of the user with this id of the application's own, or null. */
  findByExternalId(externalId: string): Promise<string | null>
}
