import { expect, it } from 'vitest'
import { openSqliteStore } from '../store/sql/sqlite.js'
import { recordSample, sampleLogin } from '../store/conformance.js'
import type { Store } from '../store/store.js'
import { createRevocationFeed } from './feed.js'
import { idBytes, keyAt } from './ids.js'
import { createRevocationIndex } from './revocation.js'

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** A real store whose reads of the feed wait at a gate. */
async function gated(): Promise<{ store: Store, read: Store['revocationsAfter'], open: () => void }> {
  const store = await openSqliteStore({ file: ':memory:', pseudonym: String })
  const gates: (() => void)[] = []
  const read: Store['revocationsAfter'] = async (...input) => {
    const rows = await store.revocationsAfter(...input)
    await new Promise<void>((resolve) => gates.push(resolve))
    return rows
  }
  return { store, read, open: () => gates.shift()?.() }
}

it('gives who asks while a read is under way the one after it: the first may have passed what he has just learnt of', async () => {
  const { store, read, open } = await gated()
  const index = createRevocationIndex(() => 0)
  const feed = createRevocationFeed({ store: { ...store, revocationsAfter: read }, index, log: quiet, pollMs: 60_000, maxAgeMs: 0 })
  const started = feed.start()
  await new Promise(setImmediate)
  const login = sampleLogin()
  const { uid } = await recordSample(store, login)
  await store.endSession({ sessionId: login.sessionId, uid, reason: 'logout', at: 0, tokenExpiresAt: null })
  const asked = feed.refresh()
  open()
  await started
  feed.stop()
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  open()
  await asked
  expect(index.endOf({ sessionKey: keyAt(idBytes(login.sessionId), 0), uidKey: keyAt(idBytes(uid), 0), epoch: 1, kid: 1, issuedAt: 1 })).toBe('logout')
  await store.close()
})
