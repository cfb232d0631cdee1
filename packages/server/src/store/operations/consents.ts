/** A consent that a user gave, as stored. Times in ms since the epoch. */
export interface ConsentRecord {
  readonly purpose: string
  readonly version: string
  readonly givenAt: number
  /** null while it stands. */
  readonly withdrawnAt: number | null
}

/** What a user agreed to, and when; rows are never changed but by their withdrawal. */
export interface ConsentStore {
  /** Writes a consent down, unless it stands already. False when there is no such user. */
  giveConsent(uid: string, purpose: string, version: string, at: number): Promise<boolean>
  /** Withdraws every version of a purpose. False when none stood. */
  withdrawConsent(uid: string, purpose: string, at: number): Promise<boolean>
  /** Everything that a user ever agreed to, oldest first. */
  findConsents(uid: string): Promise<readonly ConsentRecord[]>
}
