import type { IncomingMessage } from 'node:http'
import { hostname } from 'node:os'
import { expect, it } from 'vitest'
import { isOtherSite, isOurHost } from './origin.js'

const asked = (headers: Record<string, string>, url = '/') => ({ headers, url }) as unknown as IncomingMessage

it.each([
  ['127.0.0.1', '[::1]:7070', true], ['127.0.0.1', '192.168.1.5:7070', false], ['127.0.0.1', 'evil.example', false],
  ['::', '[::]:7070', true], ['::', '[fe80::1]:7070', true], ['0.0.0.0', '192.168.1.5:7070', true], ['0.0.0.0', `${hostname()}:7070`, true], ['0.0.0.0', 'evil.example:7070', false],
  ['::1', '[::1]', true], ['fd00::5', '[fd00::5]:7070', true],
])('bound to %s, is called as %s: %s', (bound, host, ours) => {
  expect(isOurHost(asked({ host }), bound)).toBe(ours)
})

it.each([
  ['cross-site', 'no-cors', '/', true], ['same-site', 'no-cors', '/_emulator/state', true], ['cross-site', 'navigate', '/_emulator/simulator/phones/1', true],
  ['cross-site', 'navigate', '/?from=link', false], ['same-origin', 'cors', '/_emulator/state', false], ['none', 'navigate', '/_emulator/state', false],
])('of a %s %s request for %s says whether it is another site\'s: %s', (site, mode, url, other) => {
  expect(isOtherSite(asked({ 'sec-fetch-site': site, 'sec-fetch-mode': mode }, url))).toBe(other)
})
