import { beforeAll, expect, it } from 'vitest'
import { systemClock } from '../clock.js'
import { cipherReady } from '../session/cipher.js'
import { createRevocationFeed } from '../session/feed.js'
import { appKey } from '../session/ids.js'
import { generateKeyRing, parseKeyRing } from '../session/keys.js'
import { createRevocationIndex } from '../session/revocation.js'
import { createTokenSeal } from '../session/token.js'
import { recordSample, sampleLogin } from '../store/conformance.js'
import { guardStore } from '../store/guarded.js'
import { openSqliteStore } from '../store/sql/sqlite.js'
import { createVerify } from './verify.js'
import type { Verify } from './verify.js'

beforeAll(cipherReady)
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const apps = [{ appid: 'wxemu0123456789abc', unionScope: 'default', secret: { isSecret: true as const, toJSON: () => '', toString: () => '' }, previousSecret: null, push: null }]

async function open(maxAgeMs: number, strict = false): Promise<{ verify: Verify, token: string, close: () => Promise<void> }> {
  const store = guardStore(await openSqliteStore({ file: ':memory:', pseudonym: String }), 15_000)
  const login = sampleLogin({ issuedAt: Date.now(), expiresAt: Date.now() + 60_000 })
  const { uid, epoch } = await recordSample(store, login)
  const tokens = createTokenSeal(parseKeyRing(generateKeyRing()))
  const index = createRevocationIndex(() => Date.now())
  const feed = createRevocationFeed({ store, index, log: quiet, pollMs: 60_000, maxAgeMs })
  await feed.start()
  feed.stop()
  const token = tokens.seal({ uid, sessionId: login.sessionId, app: appKey(login.appid), issuedAt: login.issuedAt, expiresAt: login.expiresAt, epoch })
  return { verify: createVerify({ apps, tokens, index, feed, store, clock: systemClock, sessionLifeMs: 60_000, strict }), token, close: () => store.close() }
}

it('checks a session without the database while the feed is fresh', async () => {
  const { verify, token, close } = await open(60_000)
  await close()
  expect(await verify(token)).toMatchObject({ appid: 'wxemu0123456789abc' })
})

it('fails closed: 503 once the feed is old and the database does not answer', async () => {
  const { verify, token, close } = await open(0)
  expect(await verify(token)).toMatchObject({ appid: 'wxemu0123456789abc' })
  await close()
  await expect(verify(token)).rejects.toMatchObject({ code: 'store_unavailable', status: 503, action: 'retry_later' })
})

it('fails closed in strict mode when the database does not answer', async () => {
  const { verify, token, close } = await open(60_000, true)
  await close()
  await expect(verify(token)).rejects.toMatchObject({ code: 'store_unavailable' })
})

it('SEC-NA-XMF8, T19: answers session_unknown to whatever is no token of ours, and never crashes', async () => {
  const { verify, token, close } = await open(60_000)
  for (const text of ['', '%%', 'txs_', token.slice(0, -1), `${token}A`, token.replace('txs_', 'txa_'), 'x'.repeat(10_000), '\u0000', '🎉']) {
    await expect(verify(text)).rejects.toMatchObject({ code: 'session_unknown', status: 401, action: 'relogin' })
  }
  await close()
})
