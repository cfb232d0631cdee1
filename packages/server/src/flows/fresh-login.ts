import type { Clock } from '../clock.js'
import { AuthError } from '../errors.js'
import type { Session } from './verify.js'

const FRESH_MS = 5 * 60_000

/** Throws `reauth_required` when the login is more than 5 minutes old: who only found a phone or a token must not get everything, or end it. */
export function demandFreshLogin({ issuedAt }: Session, clock: Clock): void {
  if (clock.now() - issuedAt > FRESH_MS) throw new AuthError('reauth_required', { detail: 'Ask the user, log in anew, and send it again.' })
}
