import type { EndReason } from '@tongxing/protocol'
import { createPackedTable } from '../packed-table.js'
import type { Revocation } from '../store/store.js'
import { idBytes } from './ids.js'
import type { Claims } from './token.js'

const REASONS: readonly EndReason[] = ['logout', 'logout_everywhere']

/** What has ended before its time, in memory: checking a token asks it and no database. */
export interface RevocationIndex {
  readonly size: number
  /** Adds what the feed brought; the same one twice, or out of order, changes nothing. */
  apply(revocation: Revocation): void
  /** Why this session has ended, or null while it stands. */
  endOf(claims: Claims): EndReason | null
}

/** @param now wall time in ms: entries whose tokens have all expired are dropped as the index grows. */
export function createRevocationIndex(now: () => number): RevocationIndex {
  const sessions = createPackedTable(now)
  const users = createPackedTable(now)

  return {
    get size() { return sessions.size + users.size },
    apply({ kind, subject, epoch, reason, until }) {
      const id = idBytes(subject)
      const [high, low] = [id.readUInt32BE(0), id.readUInt32BE(4)]
      const table = kind === 'session' ? sessions : users
      if (kind === 'user' && (users.get(high, low)?.value ?? 0) >= epoch) return
      table.set(high, low, { value: epoch, tag: REASONS.indexOf(reason) }, until)
    },
    endOf({ sessionId, uid, epoch }) {
      const session = sessions.get(word(sessionId, 0), word(sessionId, 4))
      if (session) return REASONS[session.tag]!
      const user = users.get(word(uid, 0), word(uid, 4))
      return user && epoch < user.value ? REASONS[user.tag]! : null
    },
  }
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}
