import { createPackedTable } from '../packed-table.js'
import type { Revocation } from '../store/store.js'
import { idBytes, keyAt } from './ids.js'
import type { OpenedClaims } from './token.js'

const REASONS: readonly Revocation['reason'][] = ['logout', 'logout_everywhere', 'ended_elsewhere', 'replaced', 'banned', 'ban_lifted', 'key_revoked', 'restored', 'merged', 'erased']

/** What has ended before its time, in memory: checking a token asks it and no database. */
export interface RevocationIndex {
  readonly size: number
  /** Adds what the feed brought; the same one twice, or out of order, changes nothing. */
  apply(revocation: Revocation): void
  isKeyRevoked(kid: string): boolean
  isAppDisabled(appid: string): boolean
  /** Why this session has ended, or null while it stands. */
  endOf(claims: Pick<OpenedClaims, 'uidKey' | 'sessionKey' | 'epoch' | 'kid' | 'issuedAt'>): Revocation['reason'] | null
}

/** @param now wall time in ms: entries whose tokens have all expired are dropped as the index grows. */
export function createRevocationIndex(now: () => number): RevocationIndex {
  const sessions = createPackedTable(now)
  const users = createPackedTable(now)
  const keys = new Set<number>()
  const apps = new Map<string, { readonly seq: number, readonly disabled: boolean }>()
  let allBefore = 0

  return {
    get size() { return sessions.size + users.size },
    apply({ seq, kind, subject, epoch, reason, until }) {
      if (kind === 'app') return void ((apps.get(subject)?.seq ?? 0) < seq && apps.set(subject, { seq, disabled: epoch === 1 }))
      if (kind === 'key') return void keys.add(Number.parseInt(subject, 16))
      if (kind === 'all') return void (allBefore = Math.max(allBefore, epoch))
      const { high, low } = keyAt(idBytes(subject), 0)
      const table = kind === 'session' ? sessions : users
      if (kind === 'user' && (users.get(high, low)?.value ?? 0) >= epoch) return
      table.set(high, low, { value: epoch, tag: REASONS.indexOf(reason) }, until)
    },
    isAppDisabled: (appid) => apps.get(appid)?.disabled ?? false,
    isKeyRevoked: (kid) => keys.has(Number.parseInt(kid, 16)),
    endOf({ sessionKey, uidKey, epoch, kid, issuedAt }) {
      if (keys.has(kid)) return 'key_revoked'
      if (issuedAt < allBefore) return 'restored'
      const session = sessions.get(sessionKey.high, sessionKey.low)
      if (session) return REASONS[session.tag]!
      const user = users.get(uidKey.high, uidKey.low)
      return user && epoch < user.value ? REASONS[user.tag]! : null
    },
  }
}
