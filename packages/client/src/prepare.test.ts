import { describe, expect, it } from 'vitest'
import { addressOf, isForeign } from './prepare.js'

const base = 'https://api.example.com'

describe('addresses', () => {
  it.each([
    ['/orders', `${base}/orders`], ['orders', `${base}/orders`], ['', `${base}/`], [`${base}/orders`, `${base}/orders`],
    ['//evil.test', `${base}//evil.test`], ['@evil.test', `${base}/@evil.test`], ['.evil.test', `${base}/.evil.test`],
  ])('%j means %s', (url, address) => {
    expect(addressOf(url, base)).toBe(address)
  })

  it.each([
    ['https://evil.test/', true], [`${base}.evil.test/`, true], [`${base}@evil.test/`, true], [`${base}:444/`, true], [`${base}\\@evil.test`, true],
    ['http://api.example.com/', true], ['wss://api.example.com/', true], ['javascript:1', true], [base, false], [`${base}/x`, false], ['/x', false],
  ])('%j is foreign: %s', (url, foreign) => {
    expect(isForeign(url, base)).toBe(foreign)
  })
})
