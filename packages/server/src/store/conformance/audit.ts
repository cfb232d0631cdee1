import type { Promises } from './promises.js'
import { NOW, recordSample, sampleLogin } from './samples.js'

/** What every store promises of the audit log. */
export const auditPromises: Promises = ({ test, equal, assert }) => {
  test('T59: writes logins down in one chain with their transaction, names nobody, and leaves no trace of one that failed', async (store) => {
    const taken = sampleLogin({ openid: 'oAudited' })
    const { uid } = await recordSample(store, taken)
    await Promise.allSettled([
      recordSample(store, sampleLogin({ openid: 'oB' })),
      recordSample(store, sampleLogin({ openid: 'oBad', sessionId: taken.sessionId })),
      recordSample(store, sampleLogin({ openid: 'oAudited' })),
    ])
    const events = await store.auditAfter(0, 10)
    equal(events.map(({ seq }) => seq), [1, 2, 3], 'numbers')
    equal(events.map(({ event }) => event).sort(), ['first_login', 'first_login', 'login'], 'events')
    equal(events[0]!.subject, taken.sessionId, 'session')
    assert(!JSON.stringify(events).includes(uid) && !JSON.stringify(events).includes('oAudited'), 'an event names somebody')
    const { start, head } = await store.auditEnds()
    equal([start, head], [{ seq: 0, hash: '' }, { seq: 3, hash: events[2]!.hash }], 'ends')
  })

  test('writes down what ends sessions, bans, phones and api keys, in order', async (store) => {
    const [mine, other] = [sampleLogin(), sampleLogin()]
    const [{ uid }, { uid: second }] = [await recordSample(store, mine), await recordSample(store, other)]
    const { seq: after } = (await store.auditEnds()).head
    await store.endSession({ sessionId: mine.sessionId, uid, reason: 'logout', at: NOW, tokenExpiresAt: null })
    await store.endSession({ sessionId: mine.sessionId, uid, reason: 'logout', at: NOW, tokenExpiresAt: null })
    await store.endAllSessions({ uid, reason: 'logout_everywhere', at: NOW })
    await store.ban(uid, NOW)
    await store.unban(uid, NOW)
    const phone = { sealed: 'sealed', countryCode: '86', verifiedAt: NOW }
    await store.savePhone(uid, phone, ['blind'])
    await store.savePhone(second, phone, ['blind'])
    await store.saveApiKey('hash', { id: 'k_1', name: 'shop', createdAt: NOW })
    await store.revokeApiKey('k_1', NOW)
    const events = await store.auditAfter(after, 20)
    equal(events.map(({ event, subject, detail }) => [event, subject, detail]), [
      ['session_ended', mine.sessionId, 'logout'], ['sessions_ended', null, 'logout_everywhere'], ['banned', null, null], ['ban_lifted', null, null],
      ['phone_bound', null, null], ['phone_taken', null, null], ['phone_bound', null, null], ['api_key_created', 'k_1', null], ['api_key_revoked', 'k_1', null],
    ], 'events')
  })

  test('reads the events of some users alone', async (store) => {
    await store.addAudit([{ at: NOW, event: 'exported', uid: 'u_short' }, { at: NOW, event: 'exported', uid: 'u_a_longer_one' }, { at: NOW, event: 'restored', uid: null }])
    const [first] = await store.auditAfter(0, 1)
    equal((await store.auditAfter(0, 10, [first!.user!])).map(({ seq }) => seq), [1], 'his')
  })

  test('prunes from the beginning only, and remembers where the chain now begins', async (store) => {
    const times = [1, 2, 9, 3, 9]
    await store.addAudit(times.map((at) => ({ at: NOW + at, event: 'login' as const, uid: null })))
    const all = await store.auditAfter(0, 10)
    const seqs = async (): Promise<number[]> => (await store.auditAfter(0, 10)).map(({ seq }) => seq)
    await store.pruneAudit(NOW + 5, 1)
    equal([await seqs(), (await store.auditEnds()).start], [[2, 3, 4, 5], { seq: 1, hash: all[0]!.hash }], 'one')
    await store.pruneAudit(NOW + 5, 10)
    equal([await seqs(), (await store.auditEnds()).start.seq], [[3, 4, 5], 2], 'up to the first that is young')
    await store.pruneAudit(NOW + 100, 10)
    equal([await seqs(), (await store.auditEnds()).start], [[], (await store.auditEnds()).head], 'all')
  })
}
