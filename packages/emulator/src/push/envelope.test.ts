import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decryptPush, encryptPush, signPush } from '../crypto.js'
import type { PushConfig } from './config.js'
import { makePushRequest, makeUrlCheck, readReply } from './envelope.js'
import { readXml, writeXml } from './xml.js'

interface Vector { id: string, token: string, encodingAESKey: string, appid: string, timestamp: string, nonce: string, echostr: string, signature: string, msg_signature: string, encrypt: string, random: string, msg: string }

const { messagePush } = JSON.parse(readFileSync(new URL('../../../../test/vectors.json', import.meta.url), 'utf8')) as { messagePush: Vector[] }
const vector = (id: string) => messagePush.find((candidate) => candidate.id === id) ?? expect.fail(`no vector ${id}`)
const config = (changes: Partial<PushConfig> = {}): PushConfig => ({ url: 'https://back.end/push', token: 'AAAAA', encodingAESKey: 'A'.repeat(43), mode: 'safe', format: 'json', ...changes })
const stamp = { timestamp: '1714112445', nonce: '415670741', random: Buffer.from('a8eedb185eb2fecf') }
const message = { ToUserName: 'gh_1', FromUserName: 'o1', CreateTime: 7, MsgType: 'event', Event: 'x]]>y', list: [{ a: 1 }, { a: 2 }] }

describe('the published samples', () => {
  it('come out byte by byte: the URL check', () => {
    const { token, timestamp, nonce, echostr, signature } = vector('docs-url-verify')
    const query = new URL(makeUrlCheck(config({ token }), { ...stamp, timestamp, nonce }, echostr)).searchParams
    expect(Object.fromEntries(query)).toEqual({ signature, timestamp, nonce, echostr })
  })

  it('come out byte by byte: the safe post', () => {
    const { appid, encrypt, signature, msg, msg_signature, timestamp, nonce } = vector('docs-safe-post')
    const request = makePushRequest(config(), appid, JSON.parse(msg) as Record<string, unknown>, stamp)
    expect(JSON.parse(request.body)).toEqual({ ToUserName: 'gh_97417a04a28d', Encrypt: encrypt })
    expect(Object.fromEntries(new URL(request.url).searchParams)).toEqual({ signature, timestamp, nonce, openid: 'o9AgO5Kd5ggOC-bXrbNODIiE3bGY', encrypt_type: 'aes', msg_signature })
  })

  it('are understood: the safe reply', () => {
    const { appid, encrypt, msg, msg_signature, timestamp, nonce } = vector('docs-safe-reply')
    const reply = { Encrypt: encrypt, MsgSignature: msg_signature, TimeStamp: Number(timestamp), Nonce: nonce }
    expect(readReply(JSON.stringify(reply), config(), appid)).toEqual({ kind: 'message', message: msg })
    expect(readReply(writeXml(reply), config(), appid)).toEqual({ kind: 'message', message: msg })
  })
})

describe('a pushed message', () => {
  it('is the event itself in plain mode, with the signature of token, timestamp and nonce only', () => {
    const { url, body, type } = makePushRequest(config({ mode: 'plain' }), 'wx1', message, stamp)
    expect([JSON.parse(body), type]).toEqual([message, 'application/json'])
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({ signature: signPush('AAAAA', stamp.timestamp, stamp.nonce), timestamp: stamp.timestamp, nonce: stamp.nonce })
  })

  it('carries the event and its cipher in compatible mode', () => {
    const members = JSON.parse(makePushRequest(config({ mode: 'compatible' }), 'wx1', message, stamp).body) as { Encrypt: string }
    expect(members).toMatchObject(message)
    expect(JSON.parse(decryptPush('A'.repeat(43), members.Encrypt).message)).toEqual(message)
  })

  it('is XML where the app wants XML: texts as CDATA, numbers bare, a list as repeated elements; encrypted in its XML form', () => {
    const written = '<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o1]]></FromUserName><CreateTime>7</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[x]]]]><![CDATA[>y]]></Event><list><a>1</a></list><list><a>2</a></list></xml>'
    const plain = makePushRequest(config({ mode: 'plain', format: 'xml' }), 'wx1', message, stamp)
    expect([plain.body, plain.type]).toEqual([written, 'text/xml'])
    const safe = makePushRequest(config({ format: 'xml' }), 'wx1', message, stamp).body
    expect(safe).toMatch(/^<xml><ToUserName><!\[CDATA\[gh_1\]\]><\/ToUserName><Encrypt><!\[CDATA\[[\w+/=]+\]\]><\/Encrypt><\/xml>$/)
    expect(decryptPush('A'.repeat(43), readXml(safe, 'Encrypt') ?? '').message).toBe(written)
  })

  it('keeps the query that the address has', () => {
    const { searchParams } = new URL(makePushRequest(config({ url: 'https://back.end/push?tenant=7' }), 'wx1', message, stamp).url)
    expect([searchParams.get('tenant'), searchParams.get('timestamp')]).toEqual(['7', stamp.timestamp])
  })
})

describe('a reply', () => {
  it.each([['', 'empty'], ['success', 'success'], ['success\n', 'success'], ['{"ok":true}', 'unknown'], ['<html>', 'unknown'], ['"', 'unknown']])('%j is %s', (body, kind) => {
    expect(readReply(body, config(), 'wx1').kind).toBe(kind)
  })

  it('is not believed with a wrong MsgSignature, or with another appid inside', () => {
    const encrypt = encryptPush('A'.repeat(43), { random: stamp.random, message: 'x', appid: 'wx2' })
    const reply = (signature: string) => readReply(JSON.stringify({ Encrypt: encrypt, MsgSignature: signature, TimeStamp: 1, Nonce: 'n' }), config(), 'wx1')
    expect(reply('0'.repeat(40))).toEqual({ kind: 'unknown', why: 'its MsgSignature is wrong' })
    expect(reply(signPush('AAAAA', '1', 'n', encrypt))).toEqual({ kind: 'unknown', why: 'its appid is wx2' })
  })
})
