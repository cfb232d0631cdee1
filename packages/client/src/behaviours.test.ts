import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { behaviourRows, pinned } from '../../../scripts/client-behaviours.mjs'

const page = readFileSync(new URL('../../../docs/reference/client-behaviours.md', import.meta.url), 'utf8')
const NUMBERS = Array.from({ length: 80 }, (_, index) => index + 1)

describe('the 80 behaviours', () => {
  it('stand on their page, each once', () => {
    expect([...page.matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number))).toEqual(NUMBERS)
  })

  it('have a test each', () => {
    const titles = pinned()
    expect(NUMBERS.filter((number) => !titles.has(number))).toEqual([])
  })

  it('are shown with the tests that there are', () => {
    expect(page).toContain(behaviourRows(page))
  })
})
