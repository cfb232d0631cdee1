/** The budget of encrypted data, and its single use. */
export interface EncryptedDataStore {
  /** How often encrypted data failed: of this session ever, and of the user since `since`. */
  countDecryptFailures(uid: string, sessionId: string, since: number): Promise<{ readonly session: number, readonly user: number }>
  addDecryptFailure(uid: string, sessionId: string, at: number): Promise<void>
  /** True when this data was used before and is remembered. */
  isDataUsed(hash: string): Promise<boolean>
  /** Marks data as used: true for exactly one caller, whatever the race. */
  useData(hash: string, until: number): Promise<boolean>
}
