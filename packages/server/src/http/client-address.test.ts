import { expect, it } from 'vitest'
import { createClientAddress, wrongProxies } from './client-address.js'

const PROXIES = ['127.0.0.1', '10.0.0.0/8', '2001:db8:ffff::/48', '::1']
const ignore = (): void => undefined

// peer, X-Forwarded-For, key
const BEHIND_PROXIES: readonly (readonly [string, string | undefined, string])[] = [
  // nobody forwarded
  ['203.0.113.7', undefined, '203.0.113.7'],
  ['127.0.0.1', undefined, '127.0.0.1'],
  ['::ffff:203.0.113.7', undefined, '203.0.113.7'],
  ['::FFFF:203.0.113.7', undefined, '203.0.113.7'],
  ['::ffff:cb00:7107', undefined, '203.0.113.7'],
  // an untrusted peer may write what he likes
  ['203.0.113.7', '198.51.100.1', '203.0.113.7'],
  ['203.0.113.7', '198.51.100.1, 10.0.0.1', '203.0.113.7'],
  ['11.0.0.1', '198.51.100.1', '11.0.0.1'],
  // one trusted proxy
  ['127.0.0.1', '203.0.113.7', '203.0.113.7'],
  ['127.0.0.1', ' 203.0.113.7 ', '203.0.113.7'],
  ['127.0.0.1', '1.1.1.1, 203.0.113.7', '203.0.113.7'],
  ['127.0.0.1', '1.1.1.1,2.2.2.2,203.0.113.7', '203.0.113.7'],
  ['::ffff:127.0.0.1', '203.0.113.7', '203.0.113.7'],
  ['10.200.3.4', '203.0.113.7', '203.0.113.7'],
  ['::1', '203.0.113.7', '203.0.113.7'],
  // a chain of them
  ['127.0.0.1', '203.0.113.7, 10.0.0.9', '203.0.113.7'],
  ['127.0.0.1', '1.1.1.1, 203.0.113.7, 10.0.0.9, 10.0.0.8', '203.0.113.7'],
  ['127.0.0.1', '10.0.0.1, 203.0.113.7, 10.0.0.9', '203.0.113.7'],
  ['127.0.0.1', '10.0.0.9', '10.0.0.9'],
  ['127.0.0.1', '203.0.113.7, 2001:db8:ffff:1::5', '203.0.113.7'],
  // with a port
  ['127.0.0.1', '203.0.113.7:4711', '203.0.113.7'],
  ['127.0.0.1', '[2001:db8::1]:4711', '2001:db8:0:0::/64'],
  ['127.0.0.1', '[2001:db8::1]', '2001:db8:0:0::/64'],
  // what is no address ends the walk: the proxy counts, not the forger
  ['127.0.0.1', 'unknown', '127.0.0.1'],
  ['127.0.0.1', '203.0.113.7, unknown', '127.0.0.1'],
  ['127.0.0.1', '', '127.0.0.1'],
  ['127.0.0.1', ',,,', '127.0.0.1'],
  ['127.0.0.1', '203.0.113.7, 999.1.1.1', '127.0.0.1'],
  ['127.0.0.1', '_hidden, 203.0.113.7', '203.0.113.7'],
  // one /64 is one subscriber, however it is written
  ['2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::1', undefined, '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::FFFF', undefined, '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff:ffff:ffff:ffff', undefined, '2001:db8:1:2::/64'],
  ['2001:db8:1:3::1', undefined, '2001:db8:1:3::/64'],
  ['fe80::1%eth0', undefined, 'fe80:0:0:0::/64'],
  ['2001:db8::', undefined, '2001:db8:0:0::/64'],
  ['64:ff9b::203.0.113.7', undefined, '64:ff9b:0:0::/64'],
  ['127.0.0.1', '2001:db8:1:2:aaaa::1', '2001:db8:1:2::/64'],
  ['127.0.0.1', '2001:db8:1:2:bbbb::1', '2001:db8:1:2::/64'],
  ['127.0.0.1', '::ffff:203.0.113.7', '203.0.113.7'],
]

it.each(BEHIND_PROXIES)('T39, SEC-BA-45364: peer %s with X-Forwarded-For %j counts as %s', (peer, forwardedFor, key) => {
  expect(createClientAddress(PROXIES, ignore)(peer, forwardedFor)).toBe(key)
})

it('without trusted proxies a forwarded request has no address, and is reported; a direct one has its own', () => {
  let reported = 0
  const addressOf = createClientAddress(undefined, () => { reported++ })
  expect([addressOf('10.0.0.1', '203.0.113.7'), addressOf('203.0.113.7', undefined), addressOf(undefined, undefined)]).toEqual([null, '203.0.113.7', null])
  expect(reported).toBe(1)
})

it('names the entries that are no addresses', () => {
  expect(wrongProxies(['10.0.0.0/8', '::1', 'loopback', '10.0.0.0/33', '10.0.0.0/8/9', '', '2001:db8::/129'])).toEqual(['loopback', '10.0.0.0/33', '10.0.0.0/8/9', '', '2001:db8::/129'])
})
