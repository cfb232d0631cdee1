/** Turns for network calls. */
export interface Slots {
  /** Runs `work` when a slot is free; the returned function stops it and frees the slot. */
  enter(work: () => () => void): () => void
}

/** At most `most` at once; the rest wait in line. */
export function createSlots(most: number): Slots {
  let busy = 0
  const queue = new Set<() => void>()

  function next(): void {
    if (busy >= most) return
    for (const start of queue) {
      queue.delete(start)
      start()
      return
    }
  }

  return {
    enter(work) {
      let stop: (() => void) | undefined
      const start = () => {
        busy++
        stop = work()
      }
      queue.add(start)
      next()
      return () => {
        if (queue.delete(start)) return
        stop?.()
        busy--
        next()
      }
    },
  }
}
