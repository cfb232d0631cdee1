import { createHash, randomBytes } from 'node:crypto'

const ID = /^[us]_[A-Za-z0-9_-]{22}$/

/** A new user id: `u_` and 128 random bits. */
export function newUid(): string {
  return `u_${randomBytes(16).toString('base64url')}`
}

/** A new session id: `s_` and 128 random bits. Public: it opens nothing. */
export function newSessionId(): string {
  return `s_${randomBytes(16).toString('base64url')}`
}

/** The 16 bytes of an id. Throws TypeError on anything that is not one of ours. */
export function idBytes(id: string): Buffer {
  if (!ID.test(id)) throw new TypeError('not an id of ours')
  return Buffer.from(id.slice(2), 'base64url')
}

export function uidOf(bytes: Uint8Array): string {
  return `u_${toText(bytes)}`
}

export function sessionIdOf(bytes: Uint8Array): string {
  return `s_${toText(bytes)}`
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}

/** 8 bytes that stand for an AppID in a token. */
export function appTag(appid: string): Buffer {
  return createHash('sha256').update(appid).digest().subarray(0, 8)
}
