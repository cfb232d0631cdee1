import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs'
import path from 'node:path'
import { ConfigError } from '../errors.js'
import { whileLocked } from './key-file-lock.js'
import { generateKeyRing, parseKeyRing } from './keys.js'
import type { KeyRing } from './keys.js'

interface KeyFile { readonly version: 1, readonly keys: string }

/**
 * The ring of a single process: `keys.json` in the data folder, made on first start with mode 0600.
 * Throws {@link ConfigError} when the file is not readable or lies open to other users.
 */
export function loadKeyFile(dataDir: string): KeyRing {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = fileIn(dataDir)
  createOnce(file, textOf(generateKeyRing()))
  return parseKeyRing(readKeys(file))
}

/**
 * Puts a fresh key in front: it seals from the next start on, the older ones still open. Resolves with its kid.
 * Changes of several processes come one after the other. Throws {@link ConfigError} like {@link loadKeyFile}, and when another one does not end.
 *
 * ```ts
 * const kid = await rotateKeyFile('/srv/tongxing')
 * ```
 */
export async function rotateKeyFile(dataDir: string): Promise<string> {
  loadKeyFile(dataDir)
  const fresh = generateKeyRing()
  await change(dataDir, (keys) => [fresh, ...keys])
  return kidOf(fresh)
}

/**
 * Takes an older key out: what it sealed does not open any more from the next start on. Its phones log in again silently.
 * Throws {@link ConfigError} when there is no such key, when it is the one that seals, and when the change of another process does not end.
 *
 * ```ts
 * await retireFromKeyFile('/srv/tongxing', kid)
 * ```
 */
export async function retireFromKeyFile(dataDir: string, kid: string): Promise<void> {
  await change(dataDir, (keys) => {
    if (keys[0] !== undefined && kidOf(keys[0]) === kid) throw new ConfigError([`${kid} is the key that seals; rotate first: tongxing keys rotate`])
    const left = keys.filter((key) => kidOf(key) !== kid)
    if (left.length === keys.length) throw new ConfigError([`there is no key ${kid} in ${fileIn(dataDir)}; see: tongxing keys list`])
    return left
  })
}

function change(dataDir: string, next: (keys: readonly string[]) => readonly string[]): Promise<void> {
  const file = fileIn(dataDir)
  return whileLocked(file, () => replace(file, textOf(next(readKeys(file).split(',')).join(','))))
}

const fileIn = (dataDir: string): string => path.join(dataDir, 'keys.json')
const kidOf = (key: string): string => key.trim().split(':')[0]!
const textOf = (keys: string): string => `${JSON.stringify({ version: 1, keys } satisfies KeyFile, null, 2)}\n`

function readKeys(file: string): string {
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new ConfigError([`${file} can be read by other users; run: chmod 600 ${file}`])
  }
  const content = readKeyFile(file)
  if (content === null) throw new ConfigError([`${file} is not a key file of this version; restore it from a backup, or move it away to log everybody out`])
  return content.keys
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
  writeDurably(aside, text)
  try {
    linkSync(aside, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(aside)
  }
}

function replace(file: string, text: string): void {
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeDurably(aside, text)
  renameSync(aside, file)
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
