import type { Promises } from './promises.js'
import { NOW } from './samples.js'

/** What every store promises of api keys. */
export const apiKeysPromises: Promises = ({ test, equal }) => {
  test('finds an api key by its hash until it is revoked', async (store) => {
    const key = { id: 'k1', name: 'shop', createdAt: NOW }
    await store.saveApiKey('hash', key)
    equal([await store.findApiKey('hash'), await store.findApiKey('other')], [{ ...key, revokedAt: null }, null], 'found')
    equal([await store.revokeApiKey('k1', NOW + 1), await store.revokeApiKey('k1', NOW + 2)], [true, false], 'revoked')
    equal([await store.findApiKey('hash'), await store.listApiKeys()], [null, [{ ...key, revokedAt: NOW + 1 }]], 'afterwards')
  })
}
