import { createHash } from 'node:crypto'

/** Over what the caller of checkencryptedmsg takes its SHA-256: the base64 text, the bytes it stands for, or whichever fits. WeChat's docs do not tell. */
export type EncryptedMsgHash = 'text' | 'bytes' | 'either'

/** ms that WeChat remembers. */
const MEMORY = 3 * 86_400_000

/** The phone numbers' encryptedData of the last three days. */
export interface EncryptedMessages {
  /** Remembers one that was handed out. */
  note(appid: string, encryptedData: string): void
  /** When the encryptedData with this SHA-256 (hex, either case) was made, in ms since the epoch; undefined when it was not, or too long ago. */
  find(appid: string, hash: string): number | undefined
}

/** `now` in ms. */
export function createEncryptedMessages(now: () => number, form: EncryptedMsgHash): EncryptedMessages {
  const made = new Map<string, number>()

  function forgetOld(): void {
    // Maps keep the order of insertion, so the oldest come first.
    for (const [key, at] of made) {
      if (at + MEMORY >= now()) return
      made.delete(key)
    }
  }

  return {
    note(appid, encryptedData) {
      forgetOld()
      for (const hash of hashesOf(encryptedData, form)) made.set(`${appid}/${hash}`, now())
    },
    find(appid, hash) {
      forgetOld()
      return made.get(`${appid}/${hash.toLowerCase()}`)
    },
  }
}

function hashesOf(encryptedData: string, form: EncryptedMsgHash): string[] {
  const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
  const [text, bytes] = [sha256(encryptedData), sha256(Buffer.from(encryptedData, 'base64'))]
  if (form === 'either') return [text, bytes]
  return [form === 'text' ? text : bytes]
}
