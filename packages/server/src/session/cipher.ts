import sodium from 'libsodium-wrappers'

/** libsodium itself, as its wrapper loads it: functions over addresses in a memory of its own. */
interface Native {
  /** The memory as it is now; another array once it has grown. */
  readonly HEAPU8: Uint8Array
  _malloc(bytes: number): number
  /** 0 when it opened; sizes are 64 bits in two halves. */
  _crypto_aead_xchacha20poly1305_ietf_decrypt(
    plain: number, plainBytes: 0, secretNonce: 0, sealed: number, sealedLow: number, sealedHigh: 0, context: number, contextLow: number, contextHigh: 0, nonce: number, key: number,
  ): number
}

/** Resolves when libsodium is ready; nothing here may be called before. */
export async function cipherReady(): Promise<void> {
  await sodium.ready
}

/** Bytes that XChaCha20-Poly1305 adds: the tag. */
export const TAG_BYTES = 16
/** Random for every seal; 24 bytes need no counting, whatever the number of processes. */
export const NONCE_BYTES = 24

/** Seals with XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha); `context` is authenticated, not hidden. */
export function encrypt(plaintext: Uint8Array, context: Uint8Array | string, nonce: Uint8Array, key: Uint8Array): Uint8Array {
  return sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, context, null, nonce, key)
}

/** null when anything was altered. */
export function decrypt(ciphertext: Uint8Array, context: Uint8Array | string, nonce: Uint8Array, key: Uint8Array): Uint8Array | null {
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, ciphertext, context, nonce, key)
  } catch {
    // libsodium throws one untyped error for every forgery, and for nothing else once key and nonce have their length.
    return null
  }
}

/** Opens messages of one size where they lie. */
export interface Opener {
  /** libsodium's memory at this moment. It moves when it grows: to be taken anew for every message. */
  memory(): Uint8Array
  /** Where a message is to be written: context, nonce, sealed bytes, one behind the other. */
  readonly message: number
  /** Where its plaintext stands once it has opened. */
  readonly plain: number
  /** Takes a key in; `open` asks for what comes back. */
  keep(key: Uint8Array): number
  /** False when anything of the message was altered. */
  open(key: number): boolean
}

/**
 * The same cipher as {@link decrypt}, for the one message that every request carries:
 * written into libsodium's memory and read from it, without the copies and allocations of the wrapper, which cost as much again as the cipher.
 */
export function createOpener(contextBytes: number, plainBytes: number): Opener {
  const { libsodium: native } = sodium as unknown as { libsodium: Native }
  const sealedBytes = plainBytes + TAG_BYTES
  const message = native._malloc(contextBytes + NONCE_BYTES + sealedBytes)
  const plain = native._malloc(plainBytes)
  const nonce = message + contextBytes
  const sealed = nonce + NONCE_BYTES
  return {
    memory: () => native.HEAPU8,
    message,
    plain,
    keep(key) {
      const address = native._malloc(key.length)
      native.HEAPU8.set(key, address)
      return address
    },
    open: (key) => native._crypto_aead_xchacha20poly1305_ietf_decrypt(plain, 0, 0, sealed, sealedBytes, 0, message, contextBytes, 0, nonce, key) === 0,
  }
}
