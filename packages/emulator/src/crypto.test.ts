import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decryptPush, decryptUserData, encryptPush, encryptUserData, signPush, signRawData, signWithSessionKey } from './crypto.js'

interface Vectors {
  encryptedData: { id: string, appid: string, session_key: string, iv: string, encryptedData: string, plaintext: string }[]
  encryptedDataNegative: { id: string, session_key: string, iv: string, encryptedData: string, expectedAppid?: string }[]
  rawDataSignature: { id: string, rawData: string, session_key: string, signature: string }[]
  sessionSignature: { id: string, session_key: string, message: string, signature: string }[]
  messagePush: { id: string, kind: string, token: string, timestamp: string, nonce: string, signature?: string, msg_signature?: string, encodingAESKey: string, encrypt: string, random: string, msg: string, appid: string, padByte?: number }[]
}

const vectors = JSON.parse(readFileSync(new URL('../../../test/vectors.json', import.meta.url), 'utf8')) as Vectors
const negative = (id: string) => vectors.encryptedDataNegative.find((vector) => vector.id === id) ?? expect.fail(`no vector ${id}`)

describe.each(vectors.encryptedData)('encryptedData of $id', ({ appid, session_key, iv, encryptedData, plaintext }) => {
  it('opens to exactly the published plaintext, watermarked with the appid', () => {
    const opened = decryptUserData(session_key, iv, encryptedData)
    expect(opened).toBe(plaintext)
    expect((JSON.parse(opened) as { watermark: { appid: string } }).watermark.appid).toBe(appid)
  })

  it('is made again byte by byte', () => {
    expect(encryptUserData(session_key, iv, plaintext)).toBe(encryptedData)
  })
})

describe('encryptedData that must not pass', () => {
  it('does not open to JSON with another session_key', () => {
    const { session_key, iv, encryptedData } = negative('wrong-session-key')
    expect(() => JSON.parse(decryptUserData(session_key, iv, encryptedData)) as unknown).toThrow()
  })

  it('opens with the watermark of another app, which the reader must compare', () => {
    const { session_key, iv, encryptedData, expectedAppid } = negative('watermark-appid-mismatch')
    const { watermark } = JSON.parse(decryptUserData(session_key, iv, encryptedData)) as { watermark: { appid: string } }
    expect(watermark.appid).not.toBe(expectedAppid)
  })

  it('refuses a key that is not 16 bytes, with a message of ours', () => {
    const { session_key, iv, encryptedData } = negative('short-key')
    expect(() => decryptUserData(session_key, iv, encryptedData)).toThrow('session_key must be 16 bytes')
  })

  it('opens with one byte changed when one bit of the iv is flipped', () => {
    const { session_key, iv, encryptedData } = negative('iv-malleability')
    const changed = decryptUserData(session_key, iv, encryptedData)
    const original = vectors.encryptedData[0]?.plaintext ?? ''
    expect([...changed].flatMap((letter, i) => letter === original[i] ? [] : [i])).toEqual([2])
  })
})

it.each(vectors.rawDataSignature)('signs rawData as published: $id', ({ rawData, session_key, signature }) => {
  expect(signRawData(rawData, session_key)).toBe(signature)
})

it.each(vectors.sessionSignature)('signs with the session_key as text, not as bytes: $id', ({ session_key, message, signature }) => {
  expect(signWithSessionKey(session_key, message)).toBe(signature)
  expect(signWithSessionKey(Buffer.from(session_key, 'base64').toString('latin1'), message)).not.toBe(signature)
})

it.each(vectors.messagePush)('message push $id has the published signatures', ({ token, timestamp, nonce, encrypt, signature, msg_signature }) => {
  if (signature !== undefined) expect(signPush(token, timestamp, nonce)).toBe(signature)
  if (msg_signature !== undefined) expect(signPush(token, timestamp, nonce, encrypt)).toBe(msg_signature)
})

it.each(vectors.messagePush.filter(({ kind }) => kind === 'encrypted'))('message push $id opens to the published frame and is made again byte by byte', (vector) => {
  const frame = decryptPush(vector.encodingAESKey, vector.encrypt)
  expect({ ...frame, random: frame.random.toString() }).toEqual({ random: vector.random, message: vector.msg, appid: vector.appid })
  expect(encryptPush(vector.encodingAESKey, frame)).toBe(vector.encrypt)
})

describe('message push padding', () => {
  const key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
  const random = Buffer.alloc(16, 7)

  it('comes back whole for every pad length from 1 to 32, multi-byte characters included', () => {
    for (let length = 0; length < 32; length++) {
      const frame = { random, message: `微信${'x'.repeat(length)}`, appid: 'wxemu0000000000000' }
      expect(decryptPush(key, encryptPush(key, frame))).toEqual(frame)
    }
  })

  it.each(['', 'AAAA', Buffer.alloc(32).toString('base64')])('refuses %j with a RangeError', (encrypted) => {
    expect(() => decryptPush(key, encrypted)).toThrow(RangeError)
  })

  it('refuses a key that is not 43 characters', () => {
    expect(() => encryptPush('short', { random, message: '', appid: '' })).toThrow('EncodingAESKey must be 43 characters')
  })
})
