import { inspect } from 'node:util'

const values = new WeakMap<Secret, string>()
const HIDDEN = '[secret]'

/**
 * A string that must not leave the process: AppSecret, session_key, sealing keys.
 * JSON, string conversion, `console.log` and loggers show `[secret]`; only {@link reveal} gives the value.
 */
export interface Secret {
  readonly isSecret: true
  toJSON(): string
  toString(): string
}

/** Wraps a secret value. */
export function secret(value: string): Secret {
  const wrapped = Object.freeze({
    isSecret: true as const,
    toJSON: () => HIDDEN,
    toString: () => HIDDEN,
    [inspect.custom]: () => HIDDEN,
  })
  values.set(wrapped, value)
  return wrapped
}

/** The value inside. Only the modules that talk to WeChat, seal or decrypt may call this (a check counts them). */
export function reveal(wrapped: Secret): string {
  const value = values.get(wrapped)
  if (value === undefined) throw new TypeError('not a Secret of this process')
  return value
}

/** Seals secrets for storage. `context` names table and row, so that a value moved to another row does not open. */
export interface Sealer {
  seal(value: Secret, context: string): string
  /** null when the value was altered, moved, or sealed under a key that is no longer held. */
  open(sealed: string, context: string): Secret | null
  /** True when the key that seals now has sealed it. */
  isCurrent(sealed: string): boolean
}

/** Opens what the database holds, and lets nobody miss a value that does not open. */
export interface StoredSealer extends Omit<Sealer, 'open'> {
  /** null when it does not open; the log and the audit log say so then (`seal_broken`), once for each stored value. */
  open(sealed: string, context: string, place: SealedPlace): Promise<Secret | null>
}

/** Where a sealed value stands. */
export interface SealedPlace {
  readonly table: 'access_tokens' | 'phones' | 'session_keys'
  /** null when it is about no user. */
  readonly uid: string | null
  readonly appid: string | null
}
