/** Turns for requests: first come, first served. */
export interface Slots {
  /** Resolves when the caller may send; whoever took a slot must free it. */
  take(): Promise<void>
  free(): void
}

/**
 * Counts the requests in flight, so that no more than `limit` are.
 *
 * wx.request, uploadFile and downloadFile share 10 slots. The client uses 9 for requests and leaves the tenth to the login:
 * a login that queued behind slow requests would hold up all those that wait for it.
 */
export function createSlots(limit: number): Slots {
  const waiting: (() => void)[] = []
  let busy = 0
  return {
    take() {
      if (busy < limit) {
        busy++
        return Promise.resolve()
      }
      return new Promise((resolve) => { waiting.push(resolve) })
    },
    free() {
      const next = waiting.shift()
      if (next) next()
      else busy--
    },
  }
}
