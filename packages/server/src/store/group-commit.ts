import { setTimeout as sleep } from 'node:timers/promises'

/** Collects what is asked for at about the same time and writes it in one transaction. */
export interface GroupCommit<Item, Result> {
  (item: Item): Promise<Result>
}

/** How groups are made. */
export interface GroupOptions {
  /** True for an error that one item has caused, false for one that would meet every item. */
  readonly isItemFault: (error: unknown) => boolean
  /** How many items one commit holds at most. Default: 256. */
  readonly largest?: number
  /** Lets `ms` pass. Default: a timer. */
  readonly pause?: (ms: number) => Promise<unknown>
}

/** The longest that items wait for others to join them. */
const LONGEST_GATHERING_MS = 5

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (reason: unknown) => void
}

/**
 * A durable commit costs one fsync however many rows it holds, so concurrent items share one.
 * While a commit is under way the next items wait and go together. After a group of several the next one gathers for as long as the commit
 * took: at most that much later, and half as many commits; an item that comes alone, after one that came alone, waits for nobody.
 * When an item is at fault, those of its group are tried one by one: one bad item never fails its neighbours. When the database is (locked,
 * full, gone), the group fails as one, and with it whoever waited behind it: trying again item by item or group by group would multiply the wait.
 *
 * @param commit writes all items or none, and resolves with one result each, in order.
 */
export function createGroupCommit<Item, Result>(
  commit: (items: readonly Item[]) => Promise<readonly Result[]>,
  { isItemFault, largest = 256, pause = sleep }: GroupOptions,
): GroupCommit<Item, Result> {
  const waiting: Waiting<Item, Result>[] = []
  let running = false
  let gatheringMs = 0

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      if (gatheringMs > 0 && waiting.length < largest) await pause(gatheringMs)
      const group = waiting.splice(0, largest)
      const startedAt = performance.now()
      await settle(group)
      gatheringMs = group.length > 1 ? Math.min(performance.now() - startedAt, LONGEST_GATHERING_MS) : 0
    }
    running = false
  }

  async function settle(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await commit(group.map((entry) => entry.item))
      group.forEach((entry, i) => entry.resolve(results[i]!))
    } catch (error) {
      if (!isItemFault(error)) for (const entry of [...group, ...waiting.splice(0)]) entry.reject(error)
      else if (group.length > 1) for (const entry of group) await settle([entry])
      else group[0]!.reject(error)
    }
  }

  return (item) => new Promise((resolve, reject) => {
    waiting.push({ item, resolve, reject })
    if (running) return
    running = true
    setImmediate(() => void drain())
  })
}
