import type { AcceptedLogin, LoginRecord, Store } from '../store.js'

/** The time of the samples, in ms since the epoch. */
export const NOW: number = 1_795_000_000_000
let counter = 0
/** A text that no other sample has. */
export const unique = (): string => (++counter).toString(36).padStart(8, '0')
/** A uid or session id, well formed and of its own. */
export const id = (prefix: 'u' | 's'): string => `${prefix}_${Buffer.from(`id${unique()}`.padEnd(16, '.')).toString('base64url')}`

/** A login as `flows/login` writes it, of a person of its own unless told otherwise. */
export function sampleLogin(changes: Partial<LoginRecord> = {}): LoginRecord {
  return {
    appid: 'wxemu0123456789abc',
    openid: `o${unique()}`,
    unionid: null,
    unionScope: 'default',
    newUid: id('u'),
    sessionKey: { fingerprint: unique(), sealed: 'sealed' },
    sessionId: id('s'),
    device: null,
    issuedAt: NOW,
    expiresAt: NOW + 1000,
    mostSessions: null,
    ...changes,
  }
}

/** Writes a login that must be accepted. */
export async function recordSample(store: Store, login: LoginRecord = sampleLogin()): Promise<AcceptedLogin> {
  const recorded = await store.recordLogin(login)
  if (recorded.refused) throw new Error('the login was refused')
  return recorded
}
