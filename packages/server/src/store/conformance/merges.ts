import type { LoginRecord } from '../store.js'
import type { Promises } from './promises.js'
import { NOW, id, recordSample, sampleLogin } from './samples.js'

const OTHER_APP = 'wxemufedcba9876543'
const inOtherApp = (changes: Partial<LoginRecord> = {}): LoginRecord => sampleLogin({ appid: OTHER_APP, ...changes })

/** What every store promises of merges. */
export const mergesPromises: Promises = ({ test, equal, assert }) => {
  test('merges one user into another: all moves, the old uid is an alias, and every session of both is over', async (store) => {
    const [mine, other] = [sampleLogin({ openid: 'oA', unionid: 'oU' }), inOtherApp({ openid: 'oB' })]
    const [{ uid: into }, { uid: from }] = [await recordSample(store, mine), await recordSample(store, other)]
    await recordSample(store, inOtherApp({ openid: 'oB', unionid: 'oU', sessionId: id('s') }))
    await store.saveNickname(from, '小明', NOW)
    await store.giveConsent(from, 'phone', '1', NOW)
    await store.savePhone(from, { sealed: 'for from', countryCode: '86', verifiedAt: NOW }, ['blind'])

    const plan = await store.planMerge(from, into, NOW)
    equal(plan, {
      from, into, moves: { identities: [{ appid: OTHER_APP, openid: 'oB', unionid: 'oU' }], profile: true, phone: true, consents: 1 }, endsSessions: 3, banned: false, conflicts: [],
    }, 'plan')
    equal((await store.findIdentities(into)).length, 1, 'a plan changes nothing')

    const merged = await store.mergeUsers({ from, into, at: NOW, phone: { was: 'for from', sealed: 'for into' } })
    assert(typeof merged !== 'string', 'it was refused')
    equal(typeof merged === 'string' ? merged : [merged.plan, merged.revocations.map(({ kind, subject, epoch, reason }) => [kind, subject, epoch, reason])],
      [plan, [['user', from, 2, 'merged'], ['user', into, 2, 'merged']]], 'merged')
    equal([(await store.findUser(from))?.uid, await store.findAliases(into), (await store.findUser(from))?.profile?.nickname], [into, [from], '小明'], 'alias')
    equal([(await store.findConsents(into)).length, await store.giveConsent(from, 'phone', '2', NOW), await store.saveNickname(from, 'x', NOW)], [1, false, null], 'consents; an alias takes nothing')
    equal([(await store.findPhone(into))?.sealed, await store.findPhone(from)], ['for into', null], 'phone')
    equal((await store.findIdentities(from)).map(({ openid }) => openid).sort(), ['oA', 'oB'], 'identities')
    equal([await store.isSessionLive(mine.sessionId), await store.isSessionLive(other.sessionId)], [false, false], 'sessions')
    equal([(await recordSample(store, inOtherApp({ openid: 'oB' }))).uid, await store.findUnionConflicts(10)], [into, []], 'later login')
    equal((await store.auditAfter(0, 100)).filter(({ event }) => event === 'merged').map(({ detail }) => detail), ['from', 'into'], 'audit')
  })

  test('keeps what the surviving user has, says what both have, and each session knows its own openid', async (store) => {
    const [first, second] = [await recordSample(store, sampleLogin({ openid: 'oA' })), await recordSample(store, sampleLogin({ openid: 'oB' }))]
    for (const { uid } of [first, second]) {
      await store.saveNickname(uid, uid, NOW)
      await store.savePhone(uid, { sealed: uid, countryCode: '86', verifiedAt: NOW }, [uid])
    }
    const merged = await store.mergeUsers({ from: second.uid, into: first.uid, at: NOW, phone: { was: second.uid, sealed: 'again' } })
    equal(typeof merged === 'string' ? merged : merged.plan.conflicts, [{ what: 'profile' }, { what: 'phone' }, { what: 'app', appid: 'wxemu0123456789abc' }], 'conflicts')
    equal([(await store.findUser(second.uid))?.profile?.nickname, (await store.findPhone(first.uid))?.sealed], [first.uid, first.uid], 'kept')
    const [one, other] = [sampleLogin({ openid: 'oA' }), sampleLogin({ openid: 'oB' })]
    for (const login of [one, other]) await recordSample(store, login)
    const openids = await Promise.all([one, other].map(async ({ sessionId }) => (await store.findSessionIdentity(sessionId))?.openid))
    equal(openids, ['oA', 'oB'], 'openids')
  })

  test('does exactly one of two merges that cross each other, and none twice', async (store) => {
    const [{ uid: a }, { uid: b }, { uid: c }] = [await recordSample(store), await recordSample(store), await recordSample(store)]
    const merge = (from: string, into: string) => store.mergeUsers({ from, into, at: NOW, phone: null })
    const outcomes = await Promise.all([merge(a, b), merge(b, a), merge(a, b)])
    equal(outcomes.map((outcome) => typeof outcome).sort(), ['object', 'string', 'string'], 'outcomes')
    equal(outcomes.filter((outcome) => typeof outcome === 'string'), ['already_merged', 'already_merged'], 'refused')
    const survivor = (await store.findUser(a))!.uid
    equal(typeof await merge(survivor, c), 'object', 'onward')
    equal([(await store.findUser(a))?.uid, (await store.findUser(b))?.uid, (await store.findAliases(c)).length], [c, c, 2], 'aliases of aliases')
    equal([await merge(id('u'), c), await store.planMerge(c, id('u'), NOW)], ['unknown', 'unknown'], 'unknown')
  })

  test('does not merge over a phone number that changed since it was read', async (store) => {
    const [{ uid: from }, { uid: into }] = [await recordSample(store), await recordSample(store)]
    await store.savePhone(from, { sealed: 'new', countryCode: '86', verifiedAt: NOW }, ['blind'])
    equal([await store.mergeUsers({ from, into, at: NOW, phone: null }), await store.mergeUsers({ from, into, at: NOW, phone: { was: 'old', sealed: 'x' } })], ['changed', 'changed'], 'merges')
    equal((await store.findUser(from))?.uid, from, 'not merged')
  })

  test('does not give the survivor a phone number that is sealed for an alias', async (store) => {
    const [{ uid: from }, { uid: alias }, { uid: into }] = [await recordSample(store), await recordSample(store), await recordSample(store)]
    await store.savePhone(from, { sealed: 'for from', countryCode: '86', verifiedAt: NOW }, ['blind'])
    await store.mergeUsers({ from: alias, into, at: NOW, phone: null })
    equal(await store.mergeUsers({ from, into: alias, at: NOW, phone: { was: 'for from', sealed: 'for alias' } }), 'changed', 'merge')
    equal([(await store.findPhone(from))?.sealed, await store.findPhone(into)], ['for from', null], 'phones')
  })

  test('a ban survives the merge, whichever of the two had it, and bans through the alias', async (store) => {
    const [{ uid: from }, { uid: into }] = [await recordSample(store, sampleLogin({ openid: 'oA' })), await recordSample(store)]
    await store.ban(from, NOW)
    await store.mergeUsers({ from, into, at: NOW, phone: null })
    equal([(await store.findUser(into))?.bannedAt, await store.recordLogin(sampleLogin({ openid: 'oA' }))], [NOW, { refused: 'user_disabled' }], 'banned')
    equal([(await store.unban(from, NOW))?.subject, (await store.endAllSessions({ uid: from, reason: 'logout_everywhere', at: NOW }))?.subject, (await store.ban(from, NOW))?.subject], [into, into, into], 'by the alias')
  })
}
