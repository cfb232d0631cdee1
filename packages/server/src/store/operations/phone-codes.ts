/** Wants to exchange a code of the phone button at WeChat, which bills each success. */
export interface PhoneCodeClaim {
  /** What the code is known by; the code itself is not kept. */
  readonly hash: string
  readonly appid: string
  readonly uid: string
  /** ms since the epoch. */
  readonly at: number
  /** Exchanges at this time or before count no more. */
  readonly since: number
  /** Most exchanges of this user, and of this app, or null for any number. */
  readonly mostOfUser: number | null
  readonly mostOfApp: number | null
}

/**
 * `claimed`: this caller alone may exchange it. `bound`: this user's number came of it. `unbound`: this user claimed it before, and no number
 * is bound. `foreign`: another user claimed it. `user_limit`, `app_limit`: nothing was claimed.
 */
export type ClaimedPhoneCode = 'claimed' | 'bound' | 'unbound' | 'foreign' | 'user_limit' | 'app_limit'

/** Codes of the phone button: each is exchanged once, and what that costs is bounded. */
export interface PhoneCodeStore {
  /** Decides who exchanges a code; whatever the race, one caller gets `claimed`. */
  claimPhoneCode(claim: PhoneCodeClaim): Promise<ClaimedPhoneCode>
  /** WeChat billed nothing: `unsent` forgets the claim, `refused` keeps it and no longer counts it. */
  endPhoneCode(hash: string, outcome: 'unsent' | 'refused'): Promise<void>
}
