import type { Random } from './random.js'
import type { AppUser, State } from './state.js'

/** Life of a key in ms. */
const KEY_LIFE = 3600_000
const KEPT = 3

/** A key that program and server of one user share, without WeChat's session_key. */
export interface UserEncryptKey {
  /** 16 bytes as base64. */
  readonly encryptKey: string
  /** 16 characters, taken as bytes. */
  readonly iv: string
  /** Counts from 1. */
  readonly version: number
  /** ms since the epoch. */
  readonly createdAt: number
  /** ms since the epoch. */
  readonly expiresAt: number
}

/** What wx.getUserCryptoManager and getuserencryptkey hand out. */
export interface UserEncryptKeys {
  /** The key to use now; a new one when the last is dead. Throws TypeError on an unknown app or person. */
  latest(user: AppUser): UserEncryptKey
  /** The last three, the latest first. */
  recent(user: AppUser): Recent
}

type Recent = readonly [latest: UserEncryptKey, ...older: UserEncryptKey[]]

/** `now` in ms. */
export function createUserEncryptKeys(state: State, now: () => number, random: Random): UserEncryptKeys {
  const keys = new Map<string, Recent>()

  function recent(user: AppUser): Recent {
    const { app, person } = state.resolve(user)
    const name = `${app.appid}/${person.id}`
    const known = keys.get(name)
    if (known !== undefined && known[0].expiresAt > now()) return known
    const next: UserEncryptKey = { encryptKey: random.bytes(16).toString('base64'), iv: random.bytes(8).toString('hex'), version: (known?.[0].version ?? 0) + 1, createdAt: now(), expiresAt: now() + KEY_LIFE }
    const all: Recent = [next, ...(known ?? []).slice(0, KEPT - 1)]
    keys.set(name, all)
    return all
  }

  return { recent, latest: (user) => recent(user)[0] }
}
