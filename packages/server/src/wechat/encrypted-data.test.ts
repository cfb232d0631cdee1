import { createCipheriv } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { secret } from '../secret.js'
import { openEncryptedData } from './encrypted-data.js'

interface Vector { id: string, appid: string, session_key: string, iv: string, encryptedData: string, plaintext: string, expectedAppid?: string }
const vectors = JSON.parse(readFileSync(new URL('../../../../test/vectors.json', import.meta.url), 'utf8')) as { encryptedData: Vector[], encryptedDataNegative: Vector[] }

const KEY = 'AAECAwQFBgcICQoLDA0ODw=='
const IV = 'EBESExQVFhcYGRobHB0eHw=='
const NOW = 1_700_000_000_000
const expected = { appid: 'wx0000000000000001', openid: 'oMe', now: NOW }

function seal(plaintext: string | Buffer, key = KEY): string {
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(key, 'base64'), Buffer.from(IV, 'base64'))
  return Buffer.concat([cipher.update(plaintext), cipher.final()]).toString('base64')
}

const data = (changes: object = {}): string => JSON.stringify({ nickName: '小明🎉', watermark: { appid: expected.appid, timestamp: NOW / 1000 }, ...changes })

it.each(vectors.encryptedData)('opens the published vector $id to exactly its plaintext', ({ appid, session_key: key, iv, encryptedData, plaintext }) => {
  const wanted = JSON.parse(plaintext) as { openId?: string, watermark: { timestamp: number } }
  const opened = openEncryptedData([secret(key)], encryptedData, iv, { appid, openid: wanted.openId ?? 'o', now: wanted.watermark.timestamp * 1000 })
  expect(opened).toEqual(wanted)
})

it.each(vectors.encryptedDataNegative.filter(({ id }) => id !== 'iv-malleability'))('refuses the published negative vector $id', ({ session_key: key, iv, encryptedData, expectedAppid }) => {
  expect(openEncryptedData([secret(key)], encryptedData, iv, { appid: expectedAppid ?? 'wx4f4bc4dec97d474b', openid: 'oGZUI0egBJY1zhBYw2KhdUfwVJJE', now: 1_477_314_187_000 })).toBeNull()
})

it('SEC-WX-IVFLIP: an iv whose bits were flipped gives other data or none, and never a crash (CBC has no integrity)', () => {
  const { session_key: key, iv, encryptedData } = vectors.encryptedDataNegative.find(({ id }) => id === 'iv-malleability')!
  const about = { appid: 'wx4f4bc4dec97d474b', openid: 'oGZUI0egBJY1zhBYw2KhdUfwVJJE', now: 1_477_314_187_000 }
  const opened = openEncryptedData([secret(key)], encryptedData, iv, about)
  // The flipped byte hits the name of the first field, so openId is absent under its own name.
  expect(opened?.openId).toBeUndefined()
})

it('opens with whichever of several keys fits', () => {
  const other = secret('ICEiIyQlJicoKSorLC0uLw==')
  expect(openEncryptedData([other, secret(KEY)], seal(data()), IV, expected)).toMatchObject({ nickName: '小明🎉' })
  expect(openEncryptedData([secret(KEY), other], seal(data()), IV, expected)).toMatchObject({ nickName: '小明🎉' })
})

it.each([
  ['another app', data({ watermark: { appid: 'wx0000000000000002', timestamp: NOW / 1000 } })],
  ['no watermark', JSON.stringify({ nickName: 'a' })],
  ['a watermark that is null', data({ watermark: null })],
  ['a timestamp 11 minutes old', data({ watermark: { appid: expected.appid, timestamp: NOW / 1000 - 660 } })],
  ['a timestamp 11 minutes ahead', data({ watermark: { appid: expected.appid, timestamp: NOW / 1000 + 660 } })],
  ['a timestamp that is text', data({ watermark: { appid: expected.appid, timestamp: String(NOW / 1000) } })],
  ['somebody else’s openId', data({ openId: 'oYou' })],
  ['JSON that is no object', '[]'],
  ['no JSON', 'not json'],
  ['invalid UTF-8', Buffer.from([0xff, 0xfe, 0x7b, 0x7d])],
])('IN-DATA-ABOUT, T07, T10, SEC-WX-WATERMARK, SEC-WX-OPENID: refuses data about %s', (_name, plaintext) => {
  expect(openEncryptedData([secret(KEY)], seal(plaintext), IV, expected)).toBeNull()
})

it.each([
  ['encryptedData that is not base64', '!!!!', IV],
  ['encryptedData with a space', `${seal(data()).slice(0, 8)} ${seal(data()).slice(8)}`, IV],
  ['an empty encryptedData', '', IV],
  ['encryptedData of a broken length', Buffer.alloc(17).toString('base64'), IV],
  ['an iv of 15 bytes', seal(data()), Buffer.alloc(15).toString('base64')],
  ['an empty iv', seal(data()), ''],
])('refuses %s', (_name, encryptedData, iv) => {
  expect(openEncryptedData([secret(KEY)], encryptedData, iv, expected)).toBeNull()
})

it('opens nothing when a key is not 16 bytes, and nothing without keys', () => {
  expect(openEncryptedData([secret('AAECAwQ=')], seal(data()), IV, expected)).toBeNull()
  expect(openEncryptedData([], seal(data()), IV, expected)).toBeNull()
})
