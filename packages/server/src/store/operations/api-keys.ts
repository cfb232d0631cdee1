/** A key of a back end, without the key itself. */
export interface ApiKeyRecord {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  /** ms since the epoch; null while it is valid. */
  readonly revokedAt: number | null
}

/** Keys of back ends, by their hashes. */
export interface ApiKeyStore {
  /** Keeps an api key by its hash. */
  saveApiKey(hash: string, key: Omit<ApiKeyRecord, 'revokedAt'>): Promise<void>
  /** The valid key with this hash, or null. */
  findApiKey(hash: string): Promise<ApiKeyRecord | null>
  /** All keys, oldest first. */
  listApiKeys(): Promise<readonly ApiKeyRecord[]>
  /** False when there is no valid key of this id. */
  revokeApiKey(id: string, at: number): Promise<boolean>
}
