import { AuthError } from '../errors.js'
import { createRateLimit } from '../rate-limit.js'
import type { Rate } from '../rate-limit.js'
import type { Session } from './verify.js'

/** Throws `rate_limited` when the user does a thing too often. */
export type DemandRoom = (session: Session) => void

/** For what leaves a row behind each time: one logged-in user must not fill the disk. Counted in this process. */
export function createUserLimit(rate: Rate): DemandRoom {
  const limit = createRateLimit(rate)
  return ({ uid }) => {
    const retryAfter = limit.take(uid)
    if (retryAfter > 0) throw new AuthError('rate_limited', { retryAfter })
  }
}
