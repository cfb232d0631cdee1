/** A phone number as stored. */
export interface StoredPhone {
  readonly sealed: string
  readonly countryCode: string
  /** ms since the epoch. */
  readonly verifiedAt: number
}

/** Phone numbers, sealed. */
export interface PhoneStore {
  findPhone(uid: string): Promise<StoredPhone | null>
  /**
   * Binds a number to a user and takes it from whoever had it: numbers are handed on to new owners.
   * `blind` finds equal numbers without opening them, one value for each sealing key, newest first.
   */
  savePhone(uid: string, phone: StoredPhone, blind: readonly [string, ...string[]]): Promise<void>
}
