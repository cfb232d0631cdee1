import { expect, it } from 'vitest'
import { idBytes, keyAt, newSessionId, newUid } from './ids.js'
import { createRevocationIndex } from './revocation.js'
import type { RevocationIndex } from './revocation.js'

const claimsOf = (uid: string, sessionId: string, epoch: number, { kid = 1, issuedAt = 1000 } = {}): Parameters<RevocationIndex['endOf']>[0] => ({
  uidKey: keyAt(idBytes(uid), 0), sessionKey: keyAt(idBytes(sessionId), 0), epoch, kid, issuedAt,
})

it('ends one session and no other of the same user', () => {
  const index = createRevocationIndex(() => 0)
  const [uid, ended, other] = [newUid(), newSessionId(), newSessionId()]
  index.apply({ seq: 1, kind: 'session', subject: ended, epoch: 0, reason: 'logout', until: 10_000 })
  expect(index.endOf(claimsOf(uid, ended, 1))).toBe('logout')
  expect(index.endOf(claimsOf(uid, other, 1))).toBeNull()
})

it('ends every session of an older epoch and none of the new one', () => {
  const index = createRevocationIndex(() => 0)
  const [uid, session] = [newUid(), newSessionId()]
  index.apply({ seq: 1, kind: 'user', subject: uid, epoch: 2, reason: 'logout_everywhere', until: 10_000 })
  expect(index.endOf(claimsOf(uid, session, 1))).toBe('logout_everywhere')
  expect(index.endOf(claimsOf(uid, session, 2))).toBeNull()
  expect(index.endOf(claimsOf(newUid(), session, 1))).toBeNull()
})

it('is not moved back by a revocation that arrives late or twice', () => {
  const index = createRevocationIndex(() => 0)
  const [uid, session] = [newUid(), newSessionId()]
  const at = (epoch: number): void => index.apply({ seq: epoch, kind: 'user', subject: uid, epoch, reason: 'logout_everywhere', until: 10_000 })
  at(3)
  at(2)
  at(3)
  expect(index.endOf(claimsOf(uid, session, 2))).toBe('logout_everywhere')
  expect(index.size).toBe(1)
})

it('F29: ends every token of a revoked key, whatever else it says, and none of another key', () => {
  const index = createRevocationIndex(() => 0)
  index.apply({ seq: 1, kind: 'key', subject: '000000ff', epoch: 0, reason: 'key_revoked', until: Number.MAX_SAFE_INTEGER })
  expect(index.endOf(claimsOf(newUid(), newSessionId(), 9, { kid: 255 }))).toBe('key_revoked')
  expect(index.endOf(claimsOf(newUid(), newSessionId(), 9, { kid: 256 }))).toBeNull()
})

it('F20: ends every token issued before a restore, and none issued after it', () => {
  const index = createRevocationIndex(() => 0)
  index.apply({ seq: 1, kind: 'all', subject: '', epoch: 5000, reason: 'restored', until: 10_000 })
  index.apply({ seq: 2, kind: 'all', subject: '', epoch: 4000, reason: 'restored', until: 10_000 })
  expect(index.endOf(claimsOf(newUid(), newSessionId(), 1, { issuedAt: 4999 }))).toBe('restored')
  expect(index.endOf(claimsOf(newUid(), newSessionId(), 1, { issuedAt: 5000 }))).toBeNull()
})
