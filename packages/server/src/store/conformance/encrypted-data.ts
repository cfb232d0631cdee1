import type { Promises } from './promises.js'
import { NOW, id, recordSample } from './samples.js'

/** What every store promises of encrypted data. */
export const encryptedDataPromises: Promises = ({ test, equal }) => {
  test('counts failures of encrypted data, of a session and of its user', async (store) => {
    const [{ uid }, { uid: neighbour }, one, other] = [await recordSample(store), await recordSample(store), id('s'), id('s')]
    equal(await store.countDecryptFailures(uid, one, 0), { session: 0, user: 0 }, 'none')
    for (const [session, at] of [[one, NOW], [one, NOW + 10], [other, NOW + 10]] as const) await store.addDecryptFailure(uid, session, at)
    await store.addDecryptFailure(neighbour, one, NOW + 10)
    equal(await store.countDecryptFailures(uid, one, NOW), { session: 2, user: 2 }, 'counted')
  })

  test('lets data be used by exactly one of 20 parallel callers', async (store) => {
    equal(await store.isDataUsed('hash'), false, 'before')
    const winners = await Promise.all(Array.from({ length: 20 }, () => store.useData('hash', NOW)))
    equal([winners.filter(Boolean).length, await store.isDataUsed('hash'), await store.useData('other', NOW)], [1, true, true], 'used')
  })
}
