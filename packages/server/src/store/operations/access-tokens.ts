/** WeChat's access_token of one app, as stored. */
export interface StoredAccessToken {
  readonly sealed: string
  /** ms since the epoch. */
  readonly expiresAt: number
  /** Rises with each change: who writes names the version he saw. */
  readonly version: number
}

/** WeChat’s access_token, one row an app. */
export interface AccessTokenStore {
  findAccessToken(appid: string): Promise<StoredAccessToken | null>
  /** Compare-and-set: false when the row is no longer of `seen.version` (0: when there is one). */
  saveAccessToken(appid: string, token: Omit<StoredAccessToken, 'version'>, seen: { readonly version: number }): Promise<boolean>
  /** True for one caller in `everyMs`: a forced refresh kills the token that all others use. */
  claimForcedRefresh(appid: string, now: number, everyMs: number): Promise<boolean>
}
