import { createHash } from 'node:crypto'
import type { Action } from '@tongxing/protocol'
import { AuthError, isAuthError } from '../errors.js'
import { createPackedTable } from '../packed-table.js'
import { CODE_LIFE_MS } from '../store/store.js'

/** Runs the work of a code at most once. */
export interface OncePerCode<Result> {
  /** Callers with the code of a call under way share its result; later ones get `wx_code_used`, without asking WeChat. */
  (appid: string, code: string, work: () => Promise<Result>): Promise<Result>
}

/**
 * A code is exchanged at most once: WeChat takes it once, and after a timeout nobody knows whether it did.
 * @param now wall time in ms.
 * @param whenUsed what a caller whose code is spent should do.
 */
export function createOncePerCode<Result>(now: () => number, whenUsed: Action = 'relogin'): OncePerCode<Result> {
  const underWay = new Map<string, Promise<Result>>()
  const spent = createPackedTable(now)

  return async (appid, code, work) => {
    const digest = createHash('sha256').update(`${appid} ${code}`).digest()
    const key = digest.toString('base64')
    const running = underWay.get(key)
    if (running) return running
    const [high, low] = [digest.readUInt32BE(0), digest.readUInt32BE(4)]
    if ((spent.until(high, low) ?? 0) > now()) throw new AuthError('wx_code_used', { action: whenUsed })

    const spend = (): void => spent.set(high, low, { value: 0, tag: 0 }, now() + 2 * CODE_LIFE_MS)
    const result = work().then(
      (value) => { spend(); return value },
      (error: unknown) => {
        if (!neverLeft(error)) spend()
        throw error
      },
    ).finally(() => underWay.delete(key))
    underWay.set(key, result)
    return result
  }
}

/** True for the only failures after which the same code may be tried again: the request certainly did not leave. */
export function neverLeft(error: unknown): boolean {
  return isAuthError(error) && (error.code === 'overloaded' || (error.code === 'wx_unavailable' && error.action === 'retry_later'))
}
