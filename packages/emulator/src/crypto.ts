import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto'

/**
 * encryptedData of wx APIs: AES-128-CBC, PKCS#7. The key is the session_key *decoded*. Throws when key or iv are not 16 bytes.
 *
 * ```ts
 * const encryptedData = encryptUserData(sessionKey, iv, JSON.stringify({ nickName: '小明', watermark: { appid, timestamp } }))
 * ```
 */
export function encryptUserData(sessionKey: string, iv: string, plaintext: string): string {
  const cipher = createCipheriv('aes-128-cbc', sixteenBytes('session_key', sessionKey), sixteenBytes('iv', iv))
  return Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]).toString('base64')
}

/**
 * Opens encryptedData. Throws when key or iv are not 16 bytes, or the padding is wrong; a wrong key may also give nonsense (CBC has no integrity).
 *
 * ```ts
 * const { nickName } = JSON.parse(decryptUserData(sessionKey, iv, encryptedData))
 * ```
 */
export function decryptUserData(sessionKey: string, iv: string, encryptedData: string): string {
  const decipher = createDecipheriv('aes-128-cbc', sixteenBytes('session_key', sessionKey), sixteenBytes('iv', iv))
  return Buffer.concat([decipher.update(encryptedData, 'base64'), decipher.final()]).toString('utf8')
}

function sixteenBytes(name: string, base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length !== 16) throw new RangeError(`${name} must be 16 bytes as base64, got ${bytes.length}`)
  return bytes
}

/**
 * The `signature` beside rawData: SHA-1 over rawData and the session_key as *text*, hex.
 *
 * ```ts
 * const isGenuine = signRawData(rawData, sessionKey) === signature
 * ```
 */
export function signRawData(rawData: string, sessionKey: string): string {
  return createHash('sha1').update(rawData + sessionKey).digest('hex')
}

/** The login-state signature: HMAC-SHA256 of the body (or ''), keyed with the session_key as *text*, hex. */
export function signWithSessionKey(sessionKey: string, message: string): string {
  return createHmac('sha256', sessionKey).update(message).digest('hex')
}

/** `signature` (token, timestamp, nonce) or `msg_signature` (the same and Encrypt) of a message push: SHA-1 over the sorted parts, hex. */
export function signPush(...parts: string[]): string {
  return createHash('sha1').update(parts.sort().join('')).digest('hex')
}

/** A message push, opened. */
export interface PushFrame {
  /** 16 bytes before the message. */
  readonly random: Buffer
  readonly message: string
  readonly appid: string
}

const PUSH_BLOCK = 32

/** Encrypts a message push: AES-256-CBC over random(16) + length + message + appid, padded to blocks of 32. Throws when the key is not 43 characters. */
export function encryptPush(encodingAESKey: string, frame: PushFrame): string {
  const key = pushKey(encodingAESKey)
  const message = Buffer.from(frame.message)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(message.length)
  const body = Buffer.concat([frame.random, length, message, Buffer.from(frame.appid)])
  const pad = PUSH_BLOCK - (body.length % PUSH_BLOCK)
  // Node pads to 16; WeChat pads to 32, so the padding is ours.
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(body), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString('base64')
}

/** Opens a message push. Throws RangeError when key, padding or length are impossible. */
export function decryptPush(encodingAESKey: string, encrypted: string): PushFrame {
  const key = pushKey(encodingAESKey)
  const bytes = Buffer.from(encrypted, 'base64')
  if (bytes.length === 0 || bytes.length % 16 !== 0) throw new RangeError('Encrypt is not a whole number of cipher blocks')
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  const padded = Buffer.concat([decipher.update(bytes), decipher.final()])
  const pad = padded.at(-1) ?? 0
  const body = padded.subarray(0, padded.length - pad)
  if (pad < 1 || pad > PUSH_BLOCK || body.length < 20) throw new RangeError('Encrypt has an impossible padding')
  const length = body.readUInt32BE(16)
  if (length > body.length - 20) throw new RangeError('Encrypt has an impossible message length')
  return {
    random: body.subarray(0, 16),
    message: body.subarray(20, 20 + length).toString('utf8'),
    appid: body.subarray(20 + length).toString('utf8'),
  }
}

function pushKey(encodingAESKey: string): Buffer {
  const key = Buffer.from(`${encodingAESKey}=`, 'base64')
  if (key.length !== 32) throw new RangeError(`EncodingAESKey must be 43 characters of base64, got ${encodingAESKey.length}`)
  return key
}
