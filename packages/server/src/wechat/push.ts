import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'
import { reveal } from '../secret.js'
import type { Secret } from '../secret.js'

/** The members of an event that WeChat pushed. */
export type PushMessage = Readonly<Record<string, unknown>>

/** The secrets of one app's message push. */
export interface PushSecrets {
  readonly token: Secret
  /** null in plain mode. */
  readonly encodingAESKey: Secret | null
}

/** How far the timestamp of a push may be from now, in ms. */
const LARGEST_AGE_MS = 10 * 60_000
/** WeChat pads to 32 bytes, not to AES's 16: Node's own unpadding refuses that. */
const LARGEST_PAD = 32
const RANDOM_BYTES = 16
const SHA1_HEX = /^[0-9a-f]{40}$/

/** What the console's look at the address must be answered with; null when the signature is not WeChat's. Source: WeChat, message-push. */
export function readEcho({ token }: PushSecrets, query: URLSearchParams, now: number): string | null {
  const echo = only(query, 'echostr')
  return echo !== null && isSigned(token, query, 'signature', now) ? echo : null
}

/**
 * The event in a push; null for every failure alike: signature, age, decryption, another app's frame, an unreadable text.
 * Where an EncodingAESKey is set only what is encrypted counts: in compatible mode the same event stands beside it, unsigned.
 */
export async function readPush(secrets: PushSecrets, appid: string, query: URLSearchParams, body: string, now: number): Promise<PushMessage | null> {
  const outer = await parse(body)
  if (!outer) return null
  if (secrets.encodingAESKey === null) return isSigned(secrets.token, query, 'signature', now) ? outer : null
  const { Encrypt: encrypted } = outer
  if (typeof encrypted !== 'string' || !isSigned(secrets.token, query, 'msg_signature', now, encrypted)) return null
  const message = openFrame(secrets.encodingAESKey, encrypted, appid)
  return message === null ? null : parse(message)
}

function isSigned(token: Secret, query: URLSearchParams, name: 'signature' | 'msg_signature', now: number, ...more: readonly string[]): boolean {
  const [timestamp, nonce, signature] = [only(query, 'timestamp'), only(query, 'nonce'), only(query, name)]
  if (timestamp === null || nonce === null || signature === null || !SHA1_HEX.test(signature)) return false
  const wanted = createHash('sha1').update([reveal(token), timestamp, nonce, ...more].sort().join('')).digest()
  return timingSafeEqual(wanted, Buffer.from(signature, 'hex')) && Math.abs(now - Number(timestamp) * 1000) <= LARGEST_AGE_MS
}

// One value or none: of two, one part of a system may check the first and another use the second.
function only(query: URLSearchParams, name: string): string | null {
  const values = query.getAll(name)
  return values.length === 1 ? values[0]! : null
}

// random(16) + length(4, big endian, in bytes) + message + appid, padded to 32.
function openFrame(encodingAESKey: Secret, encrypted: string, appid: string): string | null {
  const key = Buffer.from(`${reveal(encodingAESKey)}=`, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, RANDOM_BYTES)).setAutoPadding(false)
    const padded = Buffer.concat([decipher.update(encrypted, 'base64'), decipher.final()])
    const pad = padded.at(-1) ?? 0
    if (pad < 1 || pad > LARGEST_PAD || pad > padded.length) return null
    const frame = padded.subarray(0, padded.length - pad)
    const start = RANDOM_BYTES + 4
    const end = start + frame.readUInt32BE(RANDOM_BYTES)
    return end <= frame.length && frame.subarray(end).toString() === appid ? frame.subarray(start, end).toString() : null
  } catch {
    return null // wrong length of the cipher text or of the frame: the same answer as every other failure
  }
}

async function parse(text: string): Promise<PushMessage | null> {
  const read = text.trimStart().startsWith('<') ? await loadXmlReader() : JSON.parse
  try {
    const value: unknown = read(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as PushMessage : null
  } catch {
    return null // neither XML nor JSON: the same answer as every other failure
  }
}

// Loaded when the first XML comes: most services take JSON or no push at all, and start sooner without.
async function loadXmlReader(): Promise<(text: string) => unknown> {
  const { XMLParser } = await import('fast-xml-parser')
  // No entities and no attributes: WeChat sends texts in CDATA, and entities are how XML grows or reads files.
  const xml = new XMLParser({ ignoreAttributes: true, processEntities: false, parseTagValue: false })
  return (text) => (/<!(DOCTYPE|ENTITY)/i.test(text) ? null : (xml.parse(text) as { xml?: unknown }).xml)
}
