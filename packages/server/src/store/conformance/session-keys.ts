import { CODE_LIFE_MS, SESSION_KEY_GENERATIONS, SUPERSEDED_KEY_LIFE_MS } from '../store.js'
import type { Promises } from './promises.js'
import { NOW, recordSample, sampleLogin } from './samples.js'

/** What every store promises of session keys. */
export const sessionKeysPromises: Promises = ({ test, equal }) => {
  test('keeps both session_keys of two logins within a code’s life: which is newer is not known', async (store) => {
    await recordSample(store, sampleLogin({ openid: 'oA', sessionKey: { fingerprint: 'k1', sealed: 'one' } }))
    await recordSample(store, sampleLogin({ openid: 'oA', issuedAt: NOW + CODE_LIFE_MS, sessionKey: { fingerprint: 'k2', sealed: 'two' } }))
    const keys = await store.findSessionKeys('wxemu0123456789abc', 'oA', NOW + 60 * CODE_LIFE_MS)
    equal(keys.map(({ sealed }) => sealed), ['two', 'one'], 'keys')
  })

  test('lets a superseded session_key open data for ten more minutes, then not', async (store) => {
    const later = NOW + CODE_LIFE_MS + 1
    await recordSample(store, sampleLogin({ openid: 'oA', sessionKey: { fingerprint: 'k1', sealed: 'one' } }))
    await recordSample(store, sampleLogin({ openid: 'oA', issuedAt: later, sessionKey: { fingerprint: 'k2', sealed: 'two' } }))
    const at = async (now: number): Promise<string[]> => (await store.findSessionKeys('wxemu0123456789abc', 'oA', now)).map(({ sealed }) => sealed)
    equal(await at(later + SUPERSEDED_KEY_LIFE_MS), ['two', 'one'], 'within')
    equal(await at(later + SUPERSEDED_KEY_LIFE_MS + 1), ['two'], 'after')
  })

  test('supersedes every other session_key with one that WeChat gave in their place', async (store) => {
    for (const fingerprint of ['k1', 'k2']) await recordSample(store, sampleLogin({ openid: 'oA', sessionKey: { fingerprint, sealed: fingerprint } }))
    await recordSample(store, sampleLogin({ openid: 'oB', sessionKey: { fingerprint: 'kB', sealed: 'kB' } }))
    const at = async (now: number, openid = 'oA'): Promise<string[]> => (await store.findSessionKeys('wxemu0123456789abc', openid, now)).map(({ sealed }) => sealed)
    await store.replaceSessionKey('wxemu0123456789abc', 'oA', { fingerprint: 'k3', sealed: 'k3' }, NOW + 1)
    equal([await at(NOW + 2), await at(NOW + 2 + SUPERSEDED_KEY_LIFE_MS), await at(NOW + 2 + SUPERSEDED_KEY_LIFE_MS, 'oB')], [['k3', 'k1', 'k2'], ['k3'], ['kB']], 'replaced')
    await store.replaceSessionKey('wxemu0123456789abc', 'oA', { fingerprint: 'k1', sealed: 'again' }, NOW + 3)
    equal((await at(NOW + 3))[0], 'again', 'one that comes back')
  })

  test('tries no more generations than the limit, and takes a key that comes back as current', async (store) => {
    for (const [i, fingerprint] of ['k1', 'k2', 'k3', 'k4', 'k1'].entries()) {
      await recordSample(store, sampleLogin({ openid: 'oA', issuedAt: NOW + i, sessionKey: { fingerprint, sealed: fingerprint } }))
    }
    const keys = await store.findSessionKeys('wxemu0123456789abc', 'oA', NOW + 10)
    equal(keys.map(({ sealed }) => sealed), ['k1', 'k4', 'k3'].slice(0, SESSION_KEY_GENERATIONS), 'keys')
  })
}
