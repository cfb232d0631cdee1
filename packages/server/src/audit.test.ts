import { expect, it } from 'vitest'
import { chainAudit, findBreak } from './audit.js'
import type { AuditEvent, AuditRecord } from './audit.js'

const START = { seq: 0, hash: '' }
const EVENTS: AuditEvent[] = Array.from({ length: 10_000 }, (_, i) => ({
  at: 1_795_000_000_000 + i, event: i % 3 === 0 ? 'first_login' : 'login', user: `user${i % 100}`, appid: 'wxemu0123456789abc', subject: `s_${i}`, detail: null,
}))
const RECORDS = chainAudit(START, EVENTS)

it('follows 10,000 untouched rows to their end, from anywhere', () => {
  expect(findBreak(START, RECORDS)).toBeNull()
  expect(findBreak(RECORDS[4999]!, RECORDS.slice(5000))).toBeNull()
  expect(chainAudit(RECORDS[4999]!, EVENTS.slice(5000)).at(-1)).toEqual(RECORDS.at(-1))
})

const FORGERIES: [string, (row: AuditRecord) => AuditRecord][] = [
  ['time', (row) => ({ ...row, at: row.at + 1 })],
  ['event', (row) => ({ ...row, event: 'banned' })],
  ['user', (row) => ({ ...row, user: null })],
  ['app', (row) => ({ ...row, appid: 'wxemufedcba9876543' })],
  ['subject', (row) => ({ ...row, subject: `${row.subject}x` })],
  ['detail', (row) => ({ ...row, detail: '' })],
  ['hash', (row) => ({ ...row, hash: `${row.hash.slice(1)}A` })],
  ['fields of one value moved', (row) => ({ ...row, subject: row.user, user: row.subject })],
]

it.each(FORGERIES)('T59: finds a changed %s in each of 10,000 rows', (_what, forge) => {
  const missed = RECORDS.filter((row, i) => findBreak(RECORDS[i - 1] ?? START, [forge(row), ...RECORDS.slice(i + 1, i + 2)]) !== row.seq)
  expect(missed).toEqual([])
})

it('T59: finds each of 10,000 rows deleted, doubled, or put in the place of the next, numbers made to fit', () => {
  const found = RECORDS.slice(0, -1).every((row, i) => {
    const [before, next] = [RECORDS[i - 1] ?? START, RECORDS[i + 1]!]
    return findBreak(before, [next]) === row.seq
      && findBreak(before, [row, { ...row, seq: row.seq + 1 }]) === row.seq + 1
      && findBreak(before, [{ ...next, seq: row.seq }, { ...row, seq: next.seq }]) === row.seq
  })
  expect(found).toBe(true)
})
