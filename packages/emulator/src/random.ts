import { createHash, randomBytes } from 'node:crypto'

/** Where ids, codes and keys come from. */
export interface Random {
  bytes(length: number): Buffer
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** With a seed every run gives the same ids, codes and keys, in the order in which they are asked for. */
export function createRandom(seed?: string): Random {
  if (seed === undefined) return { bytes: (length) => randomBytes(length) }
  let counter = 0
  return {
    bytes(length) {
      const blocks: Buffer[] = []
      for (let have = 0; have < length; have += 32) blocks.push(createHash('sha256').update(`${seed}/${counter++}`).digest())
      return Buffer.concat(blocks).subarray(0, length)
    },
  }
}

/** `length` letters and digits. */
export function randomText(random: Random, length: number): string {
  return Array.from(random.bytes(length), (byte) => LETTERS.charAt(byte % LETTERS.length)).join('')
}

/** An id as WeChat forms them: 28 characters, the first an `o`. */
export function randomOpenid(random: Random): string {
  return `o${random.bytes(21).toString('base64url').slice(0, 27)}`
}
