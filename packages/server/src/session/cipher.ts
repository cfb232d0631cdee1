import sodium from 'libsodium-wrappers'

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
