import { expect, it } from 'vitest'
import { mask, maskBody, maskStored, maskUrl } from './masking.js'

it('hides secrets, keys and tokens at any depth, and keeps the rest', () => {
  expect(mask({ secret: 'a', appSecret: 'b', session_key: 'c', sessionKey: 'd', access_token: 'e', user: { token: 'f', uid: 'u' }, list: [{ Authorization: 'Bearer g' }] })).toEqual({
    secret: '***', appSecret: '***', session_key: '***', sessionKey: '***', access_token: '***', user: { token: '***', uid: 'u' }, list: [{ Authorization: 'Bearer ***' }],
  })
})

it('cuts login codes, but leaves error codes readable', () => {
  expect(mask({ code: '0'.repeat(32) })).toEqual({ code: '0000…' })
  expect(mask({ code: 'token_missing' })).toEqual({ code: 'token_missing' })
})

it('shortens long texts', () => {
  expect(mask('x'.repeat(1000))).toHaveLength(300 + '… (1000 characters)'.length)
})

it('masks the query of a URL', () => {
  expect(maskUrl('/x?appid=a&secret=b&js_code=0123456789012345678901234567890a')).toBe('/x?appid=a&secret=***&js_code=0123…')
})

it('hides the ticket of a web-view in an answer and in the address that carries it', () => {
  expect([mask({ ticket: 'txt_abc' }), maskUrl('/h5?from=demo&ticket=txt_abc')]).toEqual([{ ticket: '***' }, '/h5?from=demo&ticket=***'])
})

it('tells only the length of a body that is not JSON', () => {
  expect([maskBody('secret=x'), maskBody('"secret"'), maskBody('{"secret":"x"}'), maskBody('')]).toEqual(['(8 characters)', '(8 characters)', { secret: '***' }, undefined])
})

it.each([
  ['token', 'txs_abc', '***'], ['userToken', 'abc', '***'], ['nickname', '小明', '小明'], ['count', 3, 3],
  ['user', { token: 'abc', name: '小明' }, { token: '***', name: '小明' }], ['user', '{"token":"abc"}', { token: '***' }], ['note', '{broken', '{broken'],
])('masks what is stored as %s: %j becomes %j', (key, data, shown) => {
  expect(maskStored(key, data)).toEqual(shown)
})
