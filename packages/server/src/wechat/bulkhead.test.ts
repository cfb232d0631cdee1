import { expect, it } from 'vitest'
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
