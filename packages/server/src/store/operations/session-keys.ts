/** A session_key as stored: one generation of an identity. */
export interface StoredSessionKey {
  readonly sealed: string
}

/** A session_key to be stored. */
export interface NewSessionKey extends StoredSessionKey {
  /** Same key, same fingerprint; says nothing else about the key. */
  readonly fingerprint: string
}

/** How long a code of `wx.login` lives, in ms: two exchanges further apart than this are certainly in order. */
export const CODE_LIFE_MS: number = 5 * 60_000

/** How long a superseded session_key may still open encryptedData, in ms. */
export const SUPERSEDED_KEY_LIFE_MS: number = 10 * 60_000

/** How many generations of session_key are tried. */
export const SESSION_KEY_GENERATIONS = 3

/** Generations of WeChat’s session_key. */
export interface SessionKeyStore {
  /** The generations that may still open encryptedData at `now`, at most {@link SESSION_KEY_GENERATIONS}. */
  findSessionKeys(appid: string, openid: string, now: number): Promise<readonly StoredSessionKey[]>
  /** Adds a generation that supersedes all others at `at`: WeChat has replaced the key, so that the order is known. */
  replaceSessionKey(appid: string, openid: string, key: NewSessionKey, at: number): Promise<void>
}
