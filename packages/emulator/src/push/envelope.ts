import { decryptPush, encryptPush, signPush } from '../crypto.js'
import type { Random } from '../random.js'
import type { PushConfig } from './config.js'
import type { PushMessage } from './event.js'
import { readXml, writeXml } from './xml.js'

/** An HTTP request, ready to be sent. */
export interface PushRequest {
  readonly url: string
  readonly type: string
  readonly body: string
}

/** What a request is stamped with. */
export interface Stamp {
  /** Unix seconds. */
  readonly timestamp: string
  readonly nonce: string
  /** 16 bytes before the message. */
  readonly random: Buffer
}

/** `now` in ms. */
export function makeStamp(now: number, random: Random): Stamp {
  return {
    timestamp: String(Math.floor(now / 1000)),
    nonce: String(random.bytes(4).readUInt32BE()),
    random: Buffer.from(random.bytes(8).toString('hex')),
  }
}

/** The GET with which the console looks whether an address is the back end's: it must answer `echostr`. */
export function makeUrlCheck({ url, token }: PushConfig, { timestamp, nonce }: Stamp, echostr: string): string {
  return withQuery(url, { signature: signPush(token, timestamp, nonce), timestamp, nonce, echostr })
}

/** A pushed message in the app's mode and format. */
export function makePushRequest(config: PushConfig, appid: string, message: PushMessage, { timestamp, nonce, random }: Stamp): PushRequest {
  const { url, token, encodingAESKey, mode, format } = config
  const write = (members: PushMessage) => format === 'json' ? JSON.stringify(members) : writeXml(members)
  const type = format === 'json' ? 'application/json' : 'text/xml'
  const query = { signature: signPush(token, timestamp, nonce), timestamp, nonce }
  if (mode === 'plain' || encodingAESKey === undefined) return { url: withQuery(url, query), type, body: write(message) }
  const encrypt = encryptPush(encodingAESKey, { random, message: write(message), appid })
  const { ToUserName, FromUserName } = message
  return {
    url: withQuery(url, { ...query, openid: String(FromUserName), encrypt_type: 'aes', msg_signature: signPush(token, timestamp, nonce, encrypt) }),
    type,
    body: write({ ...mode === 'safe' ? { ToUserName } : message, Encrypt: encrypt }),
  }
}

function withQuery(url: string, members: Readonly<Record<string, string>>): string {
  const address = new URL(url)
  for (const [name, value] of Object.entries(members)) address.searchParams.set(name, value)
  return address.href
}

/** What a back end answered to a push: nothing, `success`, an encrypted message, or something that WeChat does not understand. */
export type PushReply = { readonly kind: 'empty' | 'success' } | { readonly kind: 'message', readonly message: string } | { readonly kind: 'unknown', readonly why: string }

/** Looks at the body of an answer: an encrypted one is verified and opened. */
export function readReply(body: string, { token, encodingAESKey = '' }: PushConfig, appid: string): PushReply {
  if (body === '') return { kind: 'empty' }
  if (body.trim() === 'success') return { kind: 'success' }
  const { encrypt, signature, timestamp, nonce } = readSealedReply(body)
  if (encrypt === undefined) return { kind: 'unknown', why: 'it is neither empty, "success" nor an encrypted message' }
  if (signPush(token, timestamp, nonce, encrypt) !== signature) return { kind: 'unknown', why: 'its MsgSignature is wrong' }
  try {
    const frame = decryptPush(encodingAESKey, encrypt)
    return frame.appid === appid ? { kind: 'message', message: frame.message } : { kind: 'unknown', why: `its appid is ${frame.appid}` }
  } catch (error) {
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) }
  }
}

function readSealedReply(body: string) {
  const read = body.trimStart().startsWith('<') ? (name: string) => readXml(body, name) : memberReader(body)
  return { encrypt: read('Encrypt'), signature: read('MsgSignature'), timestamp: read('TimeStamp') ?? '', nonce: read('Nonce') ?? '' }
}

function memberReader(body: string): (name: string) => string | undefined {
  let members: Record<string, unknown> = {}
  try {
    members = Object(JSON.parse(body)) as Record<string, unknown>
  } catch {
    // No JSON: it has no members, and the caller says what it lacks.
  }
  return (name) => {
    const value = members[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  }
}
