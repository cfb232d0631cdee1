import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConfigError } from '../errors.js'
import { cipherReady } from './cipher.js'
import { loadKeyFile, retireFromKeyFile, rotateKeyFile } from './key-file.js'
import { whileLocked } from './key-file-lock.js'
import { generateKeyRing, parseKeyRing } from './keys.js'
import { createTokenSeal } from './token.js'

let dir: string
beforeEach(() => { dir = mkdtempSync(path.join(tmpdir(), 'tongxing-keys-')) })
afterEach(() => rmSync(dir, { recursive: true }))

it('makes keys.json on the first start, readable by its owner alone, and reads the same key at the next', () => {
  const first = loadKeyFile(dir)
  expect(statSync(path.join(dir, 'keys.json')).mode & 0o777).toBe(0o600)
  expect(loadKeyFile(dir).current).toEqual(first.current)
})

it('refuses a key file that other users can read, and says how to mend it', () => {
  loadKeyFile(dir)
  chmodSync(path.join(dir, 'keys.json'), 0o644)
  expect(() => loadKeyFile(dir)).toThrow(/chmod 600/)
})

it('refuses a damaged key file instead of making a new one over it', () => {
  const file = path.join(dir, 'keys.json')
  writeFileSync(file, '{"version":', { mode: 0o600 })
  expect(() => loadKeyFile(dir)).toThrow(ConfigError)
  expect(readFileSync(file, 'utf8')).toBe('{"version":')
})

it('derives different keys for tokens, storage and pseudonyms', () => {
  const { tokenKey, storageKey, pseudonymKey } = parseKeyRing(generateKeyRing()).current
  expect(new Set([tokenKey, storageKey, pseudonymKey].map((key) => Buffer.from(key).toString('hex'))).size).toBe(3)
})

it('T49: names every mistake of a ring in one error, and no key in it', () => {
  const good = generateKeyRing()
  const key = good.split(':')[1]!
  const text = `${good},nothex:${key},01234567:short,89abcdef:${'A'.repeat(43)},${good}`
  const error = catchError(() => parseKeyRing(text))
  expect(error).toBeInstanceOf(ConfigError)
  expect((error as ConfigError).problems).toHaveLength(4)
  expect((error as ConfigError).message).not.toContain(key)
})

function catchError(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

it('F28: rotates and retires the keys of the file: the new one seals, the old one opens until it is taken out', async () => {
  const { current: old } = loadKeyFile(dir)
  const kid = await rotateKeyFile(dir)
  expect(loadKeyFile(dir).keys.map((key) => key.kid)).toEqual([kid, old.kid])
  await expect(retireFromKeyFile(dir, kid)).rejects.toThrow(/rotate first/)
  await expect(retireFromKeyFile(dir, 'ffffffff')).rejects.toThrow(/no key ffffffff/)
  await retireFromKeyFile(dir, old.kid)
  expect(loadKeyFile(dir).keys.map((key) => key.kid)).toEqual([kid])
  expect(readdirSync(dir)).toEqual(['keys.json'])
})

it('does not break the lock of another process, dead or alive: the error says whose it is and what to do; once it is gone the work is done', async () => {
  const file = path.join(dir, 'keys.json')
  writeFileSync(`${file}.lock`, 'process 4711 of here')
  const done: string[] = []
  await expect(whileLocked(file, () => done.push('too early'), () => Promise.resolve()))
    .rejects.toThrow(`${file}.lock is held by process 4711 of here; if that process is gone, remove the file and run this again`)
  let pauses = 0
  await whileLocked(file, () => done.push('done'), async () => {
    if (++pauses === 3) rmSync(`${file}.lock`)
    await Promise.resolve()
  })
  expect([done, readdirSync(dir)]).toEqual([['done'], []])
})

it('F28: through 60 rotations every token opens, and taking one key out ends exactly its tokens', async () => {
  await cipherReady()
  const id = Buffer.alloc(16, 7).toString('base64url')
  const claims = { uid: `u_${id}`, sessionId: `s_${id}`, app: { high: 1, low: 2 }, issuedAt: 1_700_000_000_000, expiresAt: 1_700_000_060_000, epoch: 0 }
  loadKeyFile(dir)
  const tokens = new Map<string, string>()
  for (let i = 0; i < 60; i++) {
    const kid = await rotateKeyFile(dir)
    tokens.set(kid, createTokenSeal(loadKeyFile(dir)).seal(claims))
  }
  const opening = (): string[] => {
    const seal = createTokenSeal(loadKeyFile(dir))
    return [...tokens].filter(([, token]) => seal.open(token) !== null).map(([kid]) => kid)
  }
  const all = [...tokens.keys()]
  expect(opening()).toEqual(all)
  await retireFromKeyFile(dir, all[30]!)
  expect(opening()).toEqual(all.filter((kid) => kid !== all[30]))
})
