/** Collects what one event-loop turn asks for and writes it in one transaction. */
export interface GroupCommit<Item, Result> {
  (item: Item): Promise<Result>
}

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (reason: unknown) => void
}

/**
 * A durable commit costs one fsync however many rows it holds, so concurrent items share one.
 * While a commit is under way the next items wait and go together. When a group fails, its items are tried one by one:
 * one bad item never fails its neighbours.
 *
 * @param commit writes all items or none, and resolves with one result each, in order.
 * @param largest how many items one commit holds at most.
 */
export function createGroupCommit<Item, Result>(
  commit: (items: readonly Item[]) => Promise<readonly Result[]>,
  largest = 256,
): GroupCommit<Item, Result> {
  const waiting: Waiting<Item, Result>[] = []
  let running = false

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0, largest)
      await settle(group)
    }
    running = false
  }

  async function settle(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await commit(group.map((entry) => entry.item))
      group.forEach((entry, i) => entry.resolve(results[i]!))
    } catch (error) {
      if (group.length === 1) group[0]!.reject(error)
      else for (const entry of group) await settle([entry])
    }
  }

  return (item) => new Promise((resolve, reject) => {
    waiting.push({ item, resolve, reject })
    if (running) return
    running = true
    setImmediate(() => void drain())
  })
}
