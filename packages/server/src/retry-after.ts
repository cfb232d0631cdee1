/** Those who were told to wait a second come back over five; those who were told to wait an hour, over six minutes. */
const LEAST_SPREAD = 4
const SHARE = 0.1

/**
 * When a new try may come, in seconds: `earliest` or later, drawn for each refusal anew. What refuses one refuses everybody at that moment, and
 * all of them coming back in the same second would bring it about again.
 */
export function spreadRetryAfter(earliest: number): number {
  return earliest + Math.floor(Math.random() * (Math.max(LEAST_SPREAD, Math.ceil(earliest * SHARE)) + 1))
}
