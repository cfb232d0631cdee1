import { hkdfSync, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs'
import path from 'node:path'
import { ConfigError } from '../errors.js'

/** One sealing key and the keys derived from it, one a purpose, so that a token can never open as a stored secret. */
export interface RingKey {
  /** 8 hex digits; stands in every token sealed with this key. */
  readonly kid: string
  readonly tokenKey: Uint8Array
  readonly storageKey: Uint8Array
  readonly pseudonymKey: Uint8Array
}

/** The sealing keys, newest first: the first seals, all of them open. */
export interface KeyRing {
  readonly current: RingKey
  readonly keys: readonly RingKey[]
}

const KID = /^[0-9a-f]{8}$/
const KEY = /^[A-Za-z0-9_-]{43}$/

/**
 * Reads a ring from its text form, `kid:key,kid:key`, newest first: `kid` is 8 hex digits, `key` 32 bytes as base64url.
 * Adding a key in front rotates; removing one retires it: its tokens end, and their phones log in again silently.
 * Throws {@link ConfigError} naming every mistake; never the key itself.
 */
export function parseKeyRing(text: string): KeyRing {
  const problems: string[] = []
  const keys: RingKey[] = []
  const seen = new Set<string>()
  for (const [i, part] of text.split(',').entries()) {
    const [kid = '', key = '', ...rest] = part.trim().split(':')
    if (!KID.test(kid) || rest.length > 0) problems.push(`sealing key ${i + 1} must look like "kid:key" with a kid of 8 hex digits`)
    else if (!KEY.test(key)) problems.push(`sealing key ${kid} must be 32 bytes as base64url (43 characters)`)
    else if (seen.has(kid) || seen.has(key)) problems.push(`sealing key ${kid} stands twice`)
    else if (isGuessable(key)) problems.push(`sealing key ${kid} is not random; make one with: openssl rand 32 | basenc --base64url`)
    else keys.push(deriveKey(kid, key))
    seen.add(kid).add(key)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { current: keys[0]!, keys }
}

// Refuses "AAAA…" and other samples that people paste: 32 random bytes have fewer than 10 distinct values about never.
function isGuessable(key: string): boolean {
  return new Set(Buffer.from(key, 'base64url')).size < 10
}

function deriveKey(kid: string, key: string): RingKey {
  const master = Buffer.from(key, 'base64url')
  const derive = (purpose: string): Uint8Array => new Uint8Array(hkdfSync('sha256', master, kid, `tongxing ${purpose} v1`, 32))
  return { kid, tokenKey: derive('token'), storageKey: derive('storage'), pseudonymKey: derive('pseudonym') }
}

/** A new ring in its text form, with one fresh key. */
export function generateKeyRing(): string {
  return `${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64url')}`
}

interface KeyFile { readonly version: 1, readonly keys: string }

/**
 * The ring of a single process: `keys.json` in the data folder, made on first start with mode 0600.
 * Throws {@link ConfigError} when the file is not readable or lies open to other users.
 */
export function loadKeyFile(dataDir: string): KeyRing {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = path.join(dataDir, 'keys.json')
  createOnce(file, JSON.stringify({ version: 1, keys: generateKeyRing() } satisfies KeyFile, null, 2))
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new ConfigError([`${file} can be read by other users; run: chmod 600 ${file}`])
  }
  const content = readKeyFile(file)
  if (content === null) throw new ConfigError([`${file} is not a key file of this version; restore it from a backup, or move it away to log everybody out`])
  return parseKeyRing(content.keys)
}

function readKeyFile(file: string): KeyFile | null {
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as Partial<KeyFile> | null
    return content?.version === 1 && typeof content.keys === 'string' ? content as KeyFile : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

// Written aside and then linked: of two first starts one wins, and no reader ever sees half a file.
function createOnce(file: string, text: string): void {
  if (statSync(file, { throwIfNoEntry: false })) return
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeDurably(aside, `${text}\n`)
  try {
    linkSync(aside, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(aside)
  }
}

// On the disk before the first token is sealed: a power cut must not keep the sessions and lose their key.
function writeDurably(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
