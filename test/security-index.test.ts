import { readFileSync } from 'node:fs'
import { ROUTES } from '@tongxing/protocol'
import { expect, it } from 'vitest'
import { nameOf, rowsOf, titlesById } from '../scripts/security-index.mjs'

const page = readFileSync(new URL('../docs/reference/security.md', import.meta.url), 'utf8')
const rows = rowsOf(page)
const titles = titlesById()
const STATES = /^(no test yet|out of scope: .+|overruled: .+|no test of its own: .+)$/

it('the security page has every threat and every fault once, and no row twice', () => {
  const ids = rows.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const numbered = (letter: string, last: number): string[] => Array.from({ length: last }, (_, i) => `${letter}${String(i + 1).padStart(2, '0')}`)
  expect(ids).toEqual(expect.arrayContaining([...numbered('T', 64), ...numbered('F', 42)]))
})

it('every test that the security page names exists under this id; a row without one says why (else: node scripts/security-index.mjs)', () => {
  const untrue = rows.flatMap(({ id, proof }) => {
    const existing = (titles.get(id) ?? []).map(nameOf)
    if (existing.length === 0) return STATES.test(proof) ? [] : [`${id}: ${proof}`]
    return proof.split('<br>').filter((one) => !existing.includes(one)).map((one) => `${id}: ${one}`)
  })
  expect(untrue).toEqual([])
})

it('every id in a test’s title is a row of the security page', () => {
  const known = new Set(rows.map(({ id }) => id))
  expect([...titles.keys()].filter((id) => !known.has(id))).toEqual([])
})

it('every route has a table of bad inputs', () => {
  const headings = page.split('\n').filter((line) => line.startsWith('### ')).join('\n')
  expect(Object.values(ROUTES).map(({ method, path }) => `\`${method} ${path}\``).filter((route) => !headings.includes(route))).toEqual([])
})
