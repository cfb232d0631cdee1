/** By how much, at most, the life of a session differs from the configured one. */
const SPREAD = 0.1

/** The life of a new session, in ms: ±10 %, so that the users whom one announcement brought do not all expire in the same minute. */
export function newLifeMs(sessionLifeMs: number): number {
  return Math.round(sessionLifeMs * (1 - SPREAD + 2 * SPREAD * Math.random()))
}

/**
 * When a session ends at the latest under today's setting, in ms since the epoch: a token that was sealed for longer, before the setting
 * was lowered, is not believed.
 */
export function latestEnd({ issuedAt, expiresAt }: { readonly issuedAt: number, readonly expiresAt: number }, sessionLifeMs: number): number {
  return Math.min(expiresAt, issuedAt + Math.round(sessionLifeMs * (1 + SPREAD)))
}
