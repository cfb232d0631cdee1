import { expect, it, onTestFinished, vi } from 'vitest'
import { createBulkhead } from './bulkhead.js'

/** Work that ends when it is told to. */
function hanging(): { work: () => Promise<void>, begun: () => number, finish: () => void } {
  const finishers: (() => void)[] = []
  let begun = 0
  return {
    work: () => new Promise((resolve) => {
      begun++
      finishers.push(resolve)
    }),
    begun: () => begun,
    finish: () => finishers.splice(0).forEach((finish) => finish()),
  }
}

const turns = async (count = 5): Promise<void> => { for (let i = 0; i < count; i++) await new Promise(setImmediate) }

it('F07: runs so many at once, lets so many wait, and turns the rest away before they begin', async () => {
  const bulkhead = createBulkhead({ connections: 2, queue: 3 })
  const { work, begun, finish } = hanging()
  const calls = Array.from({ length: 7 }, () => bulkhead(work).then(() => 'done', (error: { code: string }) => error.code))
  await turns()
  expect(begun()).toBe(2)
  finish()
  await turns()
  expect(begun()).toBe(4)
  finish()
  await turns()
  finish()
  expect(await Promise.all(calls)).toEqual(['done', 'done', 'done', 'done', 'done', 'overloaded', 'overloaded'])
})

it('F37, SEC-SB-1595, REL-LOCK-1614: turns away who waited half a second, and has room again when the hanging work ends, also by failing', async () => {
  const bulkhead = createBulkhead({ connections: 1, queue: 1 })
  let fail = (_: Error): void => undefined
  const hung = bulkhead(() => new Promise((_, reject) => { fail = reject })).catch((error: Error) => error.message)
  await expect(bulkhead(async () => 'never')).rejects.toMatchObject({ code: 'overloaded', action: 'retry_later', retryAfter: expect.any(Number) as number })
  fail(new Error('dropped'))
  expect([await hung, await bulkhead(async () => 'room')]).toEqual(['dropped', 'room'])
})

it('F09: through ten minutes of ten times what it can take, it does all that it can, and nothing is left of the rest when they are over', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const [CONNECTIONS, WORK_MS, TEN_MINUTES_MS, TOGETHER, EVERY_MS] = [4, 500, 600_000, 10, 125]
  const bulkhead = createBulkhead({ connections: CONNECTIONS, queue: 16 })
  const ends = { done: 0, overloaded: 0 }
  let mostUnderWay = 0
  let underWay = 0
  const work = (): Promise<void> => new Promise((resolve) => {
    mostUnderWay = Math.max(mostUnderWay, ++underWay)
    setTimeout(() => {
      underWay--
      resolve()
    }, WORK_MS)
  })
  for (let at = 0; at < TEN_MINUTES_MS; at += EVERY_MS) {
    for (let i = 0; i < TOGETHER; i++) bulkhead(work).then(() => ends.done++, () => ends.overloaded++)
    await vi.advanceTimersByTimeAsync(EVERY_MS)
  }
  const capacity = CONNECTIONS * (TEN_MINUTES_MS / WORK_MS)
  expect(mostUnderWay).toBe(CONNECTIONS)
  expect(ends.done).toBeGreaterThan(0.99 * capacity - CONNECTIONS)
  // Back at once: whoever comes a second later finds room, and no timer and no place is left over.
  await vi.advanceTimersByTimeAsync(1000)
  expect([ends.done + ends.overloaded, underWay, vi.getTimerCount()]).toEqual([TOGETHER * TEN_MINUTES_MS / EVERY_MS, 0, 0])
  const next = bulkhead(work)
  await vi.advanceTimersByTimeAsync(0)
  expect(underWay).toBe(1)
  await vi.advanceTimersByTimeAsync(WORK_MS)
  await next
})
