import { CODE_LIFE_MS, PRUNE_MARGIN_MS } from '../store.js'
import type { Promises } from './promises.js'
import { NOW, id, recordSample, sampleLogin } from './samples.js'

/** What every store promises of pruning. */
export const pruningPromises: Promises = ({ test, equal }) => {
  test('prunes what has been over for a day and nothing else', async (store) => {
    const DAY = PRUNE_MARGIN_MS
    const [old, live] = [sampleLogin({ openid: 'oA', expiresAt: NOW + 10 }), sampleLogin({ openid: 'oA', issuedAt: NOW + 2 * CODE_LIFE_MS, expiresAt: NOW + 2 * DAY })]
    const { uid } = await recordSample(store, old)
    await recordSample(store, live)
    await store.endSession({ sessionId: old.sessionId, uid, reason: 'logout', at: NOW, tokenExpiresAt: null })
    const rows = async (): Promise<unknown> => [(await store.revocationsAfter(0, 10)).length, await store.isSessionLive(live.sessionId), (await store.findSessionKeys(old.appid, 'oA', 0)).length]
    await store.prune(NOW + DAY, 100)
    equal(await rows(), [1, true, 2], 'within the day')
    await store.prune(NOW + 2 * CODE_LIFE_MS + DAY + 1, 100)
    equal(await rows(), [0, true, 1], 'after it')
    equal((await store.findUser(uid))?.uid, uid, 'the user stays')
  })

  test('gives null for what it does not know, and answers a ping', async (store) => {
    await store.ping()
    equal([await store.findUser(id('u')), await store.findSessionKeys('wxemu0123456789abc', 'oNobody', NOW), await store.isSessionLive(id('s'))], [null, [], false], 'unknown')
  })
}
