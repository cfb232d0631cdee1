import type { ErasedName, Erasure } from '../store.js'
import type { Promises } from './promises.js'
import { NOW, id, recordSample, sampleLogin, unique } from './samples.js'

const tombstoneOf = (name: ErasedName): string => ('uid' in name ? `of ${name.uid}` : `of ${name.appid} ${name.openid}`)
const erasureOf = (uid: string): Erasure => ({ uid, receiptId: `er_${unique()}`, at: NOW + 5, tombstoneOf })

/** What every store promises of erasures. */
export const erasuresPromises: Promises = ({ test, equal }) => {
  test('T60: erases a user with everything of him, leaves everybody else alone, and writes a receipt', async (store) => {
    const [mine, other] = [sampleLogin({ openid: 'oA', device: 'phone' }), sampleLogin({ openid: 'oB' })]
    const [{ uid }, { uid: neighbour }] = [await recordSample(store, mine), await recordSample(store, other)]
    for (const who of [uid, neighbour]) {
      await store.savePhone(who, { sealed: 'sealed', countryCode: '86', verifiedAt: NOW }, [`blind ${who}`])
      await store.giveConsent(who, 'profile', '1', NOW)
      await store.addDecryptFailure(who, mine.sessionId, NOW)
    }
    await store.saveTicket('ticket', { uid, appid: mine.appid, sessionId: mine.sessionId }, NOW + 100)
    await store.announceAvatar('a.png', NOW + 100)
    await store.saveAvatar(uid, 'a.png', '/v1/avatars/a.png', NOW)

    const erasure = erasureOf(uid)
    const erased = await store.eraseUser(erasure)
    equal(erased?.receipt, { id: erasure.receiptId, erasedAt: NOW + 5, what: { identities: 1, sessions: 1, phones: 1, consents: 1, avatars: 1 } }, 'receipt')
    equal(erased?.revocations.map(({ kind, subject, reason, until }) => ({ kind, subject, reason, until })), [{ kind: 'session', subject: mine.sessionId, reason: 'erased', until: mine.expiresAt }], 'ended')
    equal([await store.findUser(uid), await store.findIdentities(uid), await store.findPhone(uid), await store.findConsents(uid), await store.findHoldings(uid)], [null, [], null, [], { sessions: [], consents: [] }], 'gone')
    equal([await store.findSessionKeys(mine.appid, 'oA', NOW), await store.useTicket('ticket', NOW), await store.countDecryptFailures(uid, mine.sessionId, 0), await store.avatarsToRemove(NOW + 5, 10)], [[], null, { session: 0, user: 0 }, ['a.png']], 'gone too')
    equal([(await store.findPhone(neighbour))?.sealed, (await store.findConsents(neighbour)).length, await store.isSessionLive(other.sessionId), (await store.findSessionKeys(other.appid, 'oB', NOW)).length], ['sealed', 1, true, 1], 'the neighbour')
    equal([await store.findReceipt([`of ${uid}`]), await store.findReceipt([`of ${mine.appid} oA`]), await store.findReceipt(['of nobody'])], [erased?.receipt, erased?.receipt, null], 'found by any name')
    equal(await store.eraseUser(erasureOf(uid)), null, 'again')
  })

  test('SEC-SB-2049: who logs in after his erasure is a new user', async (store) => {
    const { uid } = await recordSample(store, sampleLogin({ openid: 'oA' }))
    await store.eraseUser(erasureOf(uid))
    const again = await recordSample(store, sampleLogin({ openid: 'oA' }))
    equal([again.isNew, again.uid === uid, again.epoch], [true, false, 1], 'new')
    equal((await store.eraseUser(erasureOf(again.uid)))?.receipt.what.identities, 1, 'erased again')
  })

  test('T61: what was under way when a user was erased writes nothing of him any more', async (store) => {
    const { uid } = await recordSample(store)
    await store.eraseUser(erasureOf(uid))
    await store.addDecryptFailure(uid, id('s'), NOW)
    await store.announceAvatar('a.png', NOW)
    equal([
      await store.savePhone(uid, { sealed: 'sealed', countryCode: '86', verifiedAt: NOW }, ['blind']), await store.giveConsent(uid, 'profile', '1', NOW),
      await store.saveTicket('ticket', { uid, appid: 'wxemu0123456789abc', sessionId: id('s') }, NOW), await store.saveNickname(uid, 'a', NOW),
      await store.saveAvatar(uid, 'a.png', '', NOW), (await store.countDecryptFailures(uid, 's', 0)).user,
    ], [false, false, false, null, null, 0], 'refused')
  })

  test('ends tokens that had ended before by the sessions’ ids, and keeps the uid out of the feed', async (store) => {
    const login = sampleLogin({ expiresAt: NOW + 1000 })
    const { uid } = await recordSample(store, login)
    await recordSample(store, sampleLogin({ openid: login.openid, expiresAt: NOW + 1 }))
    await store.endAllSessions({ uid, reason: 'logout_everywhere', at: NOW })
    await store.eraseUser(erasureOf(uid))
    equal((await store.revocationsAfter(0, 10)).map(({ kind, subject, reason }) => [kind, subject, reason]), [['session', login.sessionId, 'erased']], 'feed')
  })

  test('erases a user with those who were merged into him, by any of their uids', async (store) => {
    const [mine, other] = [sampleLogin({ openid: 'oA', unionid: 'nA', expiresAt: NOW + 1000 }), sampleLogin({ openid: 'oB', expiresAt: NOW + 1000 })]
    const [{ uid: into }, { uid: from }] = [await recordSample(store, mine), await recordSample(store, other)]
    await store.mergeUsers({ from, into, at: NOW, phone: null })
    equal((await store.findHoldings(into)).sessions.length, 2, 'held')
    const erasure = erasureOf(from)
    equal((await store.eraseUser(erasure))?.receipt.what, { identities: 2, sessions: 2, phones: 0, consents: 0, avatars: 0 }, 'what')
    equal([await store.findUser(from), await store.findUser(into), await store.uidsAfter('', 5)], [null, null, []], 'gone')
    equal([(await store.findReceipt([`of ${from}`]))?.id, (await store.findReceipt([`of ${into}`]))?.id], [erasure.receiptId, erasure.receiptId], 'receipts')
    equal((await store.revocationsAfter(0, 10)).map(({ kind }) => kind), ['session', 'session'], 'feed')
  })

  test('takes tombstones over from another database, and lists them and users in pages', async (store) => {
    const stones = ['a', 'b', 'c'].map((hash) => ({ hash, receiptId: 'er_1', erasedAt: NOW }))
    await store.addTombstones(stones)
    await store.addTombstones([{ hash: 'b', receiptId: 'er_2', erasedAt: NOW + 1 }])
    equal([await store.tombstonesAfter('', 2), await store.tombstonesAfter('b', 2)], [stones.slice(0, 2), stones.slice(2)], 'tombstones')
    const uids = [(await recordSample(store)).uid, (await recordSample(store)).uid].sort()
    equal([await store.uidsAfter('', 1), await store.uidsAfter(uids[0]!, 5)], [[uids[0]], [uids[1]]], 'uids')
  })
}
