import type { Auth } from '../auth.js'
import { AuthError } from '../errors.js'
import { spreadRetryAfter } from '../retry-after.js'

/** Each holds up to 2 MiB in memory until it has come in: 128 MiB at most. */
const MOST_AT_ONCE = 64
/** So that nobody takes the places of the others by sending slowly. */
const MOST_OF_USER = 2

const underWay = new WeakMap<Auth, Map<string, number>>()

/** Takes a place for an upload; what comes back gives it free. Throws `rate_limited` when the user has as many under way, `overloaded` when all have. */
export function enterUpload(auth: Auth, uid: string): () => void {
  const uploads = underWay.get(auth) ?? new Map<string, number>()
  underWay.set(auth, uploads)
  const mine = uploads.get(uid) ?? 0
  if (mine >= MOST_OF_USER) throw new AuthError('rate_limited', { retryAfter: 1, detail: `At most ${MOST_OF_USER} uploads of one user at once.` })
  if ([...uploads.values()].reduce((sum, count) => sum + count, 0) >= MOST_AT_ONCE) throw new AuthError('overloaded', { retryAfter: spreadRetryAfter(1) })
  uploads.set(uid, mine + 1)
  return () => {
    const left = uploads.get(uid)! - 1
    if (left === 0) uploads.delete(uid)
    else uploads.set(uid, left)
  }
}
