/** Collects what one event-loop turn asks for and writes it in one transaction. */
export interface GroupCommit<Item, Result> {
  (item: Item): Promise<Result>
}

/** How groups are made. */
export interface GroupOptions {
  /** True for an error that one item has caused, false for one that would meet every item. */
  readonly isItemFault: (error: unknown) => boolean
  /** How many items one commit holds at most. Default: 256. */
  readonly largest?: number
}

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (reason: unknown) => void
}

/**
 * A durable commit costs one fsync however many rows it holds, so concurrent items share one.
 * While a commit is under way the next items wait and go together. When an item is at fault, those of its group are tried one by one:
 * one bad item never fails its neighbours. When the database is (locked, full, gone), the group fails as one: trying again item by item
 * would multiply the wait.
 *
 * @param commit writes all items or none, and resolves with one result each, in order.
 */
export function createGroupCommit<Item, Result>(
  commit: (items: readonly Item[]) => Promise<readonly Result[]>,
  { isItemFault, largest = 256 }: GroupOptions,
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
      if (group.length > 1 && isItemFault(error)) for (const entry of group) await settle([entry])
      else for (const entry of group) entry.reject(error)
    }
  }

  return (item) => new Promise((resolve, reject) => {
    waiting.push({ item, resolve, reject })
    if (running) return
    running = true
    setImmediate(() => void drain())
  })
}
