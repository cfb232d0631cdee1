import { createHash, timingSafeEqual } from 'node:crypto'
import { reveal } from '../secret.js'
import type { Secret } from '../secret.js'

const SHA1_HEX = /^[0-9a-f]{40}$/i

/**
 * True when one of the keys signed this rawData: sha1(rawData + session_key) over the text exactly as received.
 * Source: WeChat, "signature" (开放数据校验与解密).
 */
export function isRawDataSigned(keys: readonly Secret[], rawData: string, signature: string): boolean {
  if (!SHA1_HEX.test(signature)) return false
  const given = Buffer.from(signature, 'hex')
  return keys.reduce((signed, key) => timingSafeEqual(sign(rawData, key), given) || signed, false)
}

function sign(rawData: string, key: Secret): Buffer {
  return createHash('sha1').update(rawData + reveal(key)).digest()
}
