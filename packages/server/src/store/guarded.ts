import { AuthError } from '../errors.js'
import type { Store } from './store.js'

type Operation = (...input: unknown[]) => Promise<unknown>

/** The same store, whose failures are `store_unavailable` (the driver's error stays in `cause`, for the log). */
export function guardStore(store: Store): Store {
  const guard = (operation: Operation): Operation => async (...input) => {
    try {
      return await operation(...input)
    } catch (cause) {
      throw new AuthError('store_unavailable', { retryAfter: 1, cause })
    }
  }
  const operations = Object.entries(store) as [string, Operation][]
  return Object.fromEntries(operations.map(([name, operation]) => [name, guard(operation)])) as unknown as Store
}
