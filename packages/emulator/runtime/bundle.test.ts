import { JSDOM } from 'jsdom'
import { expect, it } from 'vitest'
import { measure, readPhoneBundle } from './bundle.js'
import { printErrorBundle } from './compiler/bundle-text.js'

/** What a phone costs in the browser. Raise it knowingly. */
const LARGEST_GZIP = 72 * 1024

it('stays within its size', () => {
  expect(measure(readPhoneBundle()).gzipped).toBeLessThan(LARGEST_GZIP)
})

it('runs without eval, and without Node', () => {
  expect(readPhoneBundle()).not.toMatch(/\beval\(|new Function\(|require\("node:|process\.env/)
})

it('shows the errors of a program that does not compile, and runs nothing', () => {
  const { window } = new JSDOM('<body><div id="phone"></div></body>', { runScripts: 'outside-only' })
  window.eval(printErrorBundle([{ file: 'p/a.wxml', line: 2, column: 3, message: '<map> is not </script> supported' }]))
  window.eval(readPhoneBundle())
  window.eval('tongxingPhone.boot(__mp__, { mount: document.getElementById("phone"), wx: {}, console, gesture: {} })')
  expect(window.document.getElementById('phone')?.textContent).toContain('p/a.wxml:2:3<map> is not </script> supported')
})
