import { createDecipheriv } from 'node:crypto'
import { reveal } from '../secret.js'
import type { Secret } from '../secret.js'

/** The JSON inside an encryptedData, whose watermark has been checked. */
export type WechatData = Readonly<Record<string, unknown>>

/** What an encryptedData must be about. */
export interface ExpectedData {
  /** Compared with `watermark.appid`. */
  readonly appid: string
  /** Compared with `openId` when the data holds one (getUserProfile and phone data do not). */
  readonly openid: string
  /** ms since the epoch. */
  readonly now: number
}

/** How far `watermark.timestamp` may be from now, in ms. */
const LARGEST_AGE_MS = 10 * 60_000
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const BLOCK = 16

/**
 * Opens WeChat's encryptedData (AES-128-CBC, PKCS#7, no MAC) with each of the keys and checks whom it is about.
 * null for every failure alike: telling bad padding from bad JSON is a padding oracle, with which any user forges
 * any content in some 20,000 requests without knowing the key.
 */
export function openEncryptedData(keys: readonly Secret[], encryptedData: string, iv: string, expected: ExpectedData): WechatData | null {
  let opened: WechatData | null = null
  // Every key is tried whatever the others gave, so that time does not tell which failure it was.
  for (const key of keys) {
    const data = decrypt(key, encryptedData, iv)
    if (data && isAbout(data, expected)) opened ??= data
  }
  return opened
}

function decrypt(key: Secret, encryptedData: string, iv: string): WechatData | null {
  const [keyBytes, ivBytes, data] = [strictBase64(reveal(key)), strictBase64(iv), strictBase64(encryptedData)]
  if (keyBytes?.length !== BLOCK || ivBytes?.length !== BLOCK || !data || data.length === 0 || data.length % BLOCK !== 0) return null
  try {
    const decipher = createDecipheriv('aes-128-cbc', keyBytes, ivBytes)
    const plaintext = Buffer.concat([decipher.update(data), decipher.final()])
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plaintext))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as WechatData : null
  } catch {
    return null // bad padding, bad UTF-8 and bad JSON are one answer, see above
  }
}

function isAbout(data: WechatData, { appid, openid, now }: ExpectedData): boolean {
  const watermark = data.watermark as { appid?: unknown, timestamp?: unknown } | null | undefined
  if (typeof watermark !== 'object' || watermark === null || watermark.appid !== appid) return false
  if (typeof watermark.timestamp !== 'number' || Math.abs(now - watermark.timestamp * 1000) > LARGEST_AGE_MS) return false
  return data.openId === undefined || data.openId === openid
}

// Buffer.from ignores what is not base64; WeChat never writes such text, an attacker might.
function strictBase64(text: string): Buffer | null {
  return BASE64.test(text) ? Buffer.from(text, 'base64') : null
}
