import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { secret } from '../secret.js'
import { readEcho, readPush } from './push.js'

interface Vector { id: string, token: string, encodingAESKey: string, appid: string, timestamp: string, nonce: string, signature: string, msg_signature: string, encrypt: string, msg: string, echostr: string }
const { messagePush } = JSON.parse(readFileSync(new URL('../../../../test/vectors.json', import.meta.url), 'utf8')) as { messagePush: Vector[] }
const vector = (id: string): Vector => messagePush.find((found) => found.id === id)!

it('reads the published URL check', () => {
  const { token, signature, timestamp, nonce, echostr } = vector('docs-url-verify')
  const secrets = { token: secret(token), encodingAESKey: null }
  const query = new URLSearchParams({ signature, timestamp, nonce, echostr })
  expect(readEcho(secrets, query, Number(timestamp) * 1000)).toBe(echostr)
  query.set('nonce', '1')
  expect(readEcho(secrets, query, Number(timestamp) * 1000)).toBeNull()
})

it.each(['docs-safe-post', 'docs-safe-reply'])('opens the published message %s, whose padding is longer than a block, also as XML', async (id) => {
  const { token, encodingAESKey, appid, timestamp, nonce, msg_signature, encrypt, msg } = vector(id)
  const secrets = { token: secret(token), encodingAESKey: secret(encodingAESKey) }
  const query = new URLSearchParams({ timestamp, nonce, msg_signature })
  const now = Number(timestamp) * 1000
  for (const body of [JSON.stringify({ Encrypt: encrypt }), `<xml><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`]) {
    expect(await readPush(secrets, appid, query, body, now)).toEqual(JSON.parse(msg))
    expect(await readPush(secrets, 'wx0000000000000000', query, body, now)).toBeNull()
    expect(await readPush(secrets, appid, query, body, now + 601_000)).toBeNull()
  }
})

it('takes every change of one character of the cipher text for a failure, and throws at none', async () => {
  const { token, encodingAESKey, appid, timestamp, nonce, encrypt } = vector('docs-safe-post')
  const secrets = { token: secret(token), encodingAESKey: secret(encodingAESKey) }
  for (let i = 0; i < encrypt.length; i += 7) {
    const changed = encrypt.slice(0, i) + (encrypt[i] === 'A' ? 'B' : 'A') + encrypt.slice(i + 1)
    const msg_signature = createHash('sha1').update([token, timestamp, nonce, encrypt].sort().join('')).digest('hex')
    expect(await readPush(secrets, appid, new URLSearchParams({ timestamp, nonce, msg_signature }), JSON.stringify({ Encrypt: changed }), Number(timestamp) * 1000)).toBeNull()
  }
})
