/** A phone number as stored. */
export interface StoredPhone {
  readonly sealed: string
  readonly countryCode: string
  /** ms since the epoch. */
  readonly verifiedAt: number
}

/** A sealed number and whose it is. */
export interface SealedPhone {
  readonly uid: string
  readonly sealed: string
  readonly countryCode: string
}

/** Where a phone number comes from. */
export interface PhoneOrigin {
  readonly sessionId?: string
  /** The claimed phone code that the number came from: it is `bound` from then on. */
  readonly codeHash?: string | undefined
}

/** Phone numbers, sealed. */
export interface PhoneStore {
  /** Phones of the uids after `uid`, in their order, at most `limit`. */
  phonesAfter(uid: string, limit: number): Promise<readonly SealedPhone[]>
  /** Replaces a sealed number by the same one under another key; false when it has changed since it was read. */
  resealPhone(was: SealedPhone, sealed: string, blind: string): Promise<boolean>
  findPhone(uid: string): Promise<StoredPhone | null>
  /**
   * Binds a number to a user and takes it from whoever had it: numbers are handed on to new owners.
   * `blind` finds equal numbers without opening them, one value for each sealing key, newest first. False when there is no such user,
   * or when the session that offers it is not live any more.
   */
  savePhone(uid: string, phone: StoredPhone, blind: readonly [string, ...string[]], origin?: PhoneOrigin): Promise<boolean>
}
