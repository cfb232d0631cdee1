import { LONGEST_SESSION_MS } from '../store.js'
import type { LoginRecord } from '../store.js'
import type { Promises } from './promises.js'
import { NOW, id, recordSample, sampleLogin } from './samples.js'

/** What every store promises of sessions. */
export const sessionsPromises: Promises = ({ test, equal }) => {
  test('ends a session once: the second end is null', async (store) => {
    const login = sampleLogin()
    const { uid } = await recordSample(store, login)
    const end = { sessionId: login.sessionId, uid, reason: 'logout' as const, at: NOW, tokenExpiresAt: null }
    const revocation = await store.endSession(end)
    equal([revocation?.kind, revocation?.subject, await store.endSession(end), await store.isSessionLive(login.sessionId)], ['session', login.sessionId, null, false], 'ends')
  })

  test('ends no session of another user', async (store) => {
    const login = sampleLogin()
    await recordSample(store, login)
    equal(await store.endSession({ sessionId: login.sessionId, uid: id('u'), reason: 'logout', at: NOW, tokenExpiresAt: null }), null, 'end')
    equal(await store.isSessionLive(login.sessionId), true, 'live')
  })

  test('ends all sessions by raising the epoch; a login afterwards stands', async (store) => {
    const [before, after] = [sampleLogin({ openid: 'oA' }), sampleLogin({ openid: 'oA' })]
    const { uid } = await recordSample(store, before)
    const revocation = await store.endAllSessions({ uid, reason: 'logout_everywhere', at: NOW })
    const { epoch } = await recordSample(store, after)
    equal([revocation?.epoch, epoch], [2, 2], 'epochs')
    equal([await store.isSessionLive(before.sessionId), await store.isSessionLive(after.sessionId)], [false, true], 'live')
    equal(await store.endAllSessions({ uid: id('u'), reason: 'logout_everywhere', at: NOW }), null, 'unknown user')
  })

  test('remembers the end of a user for as long as any server may have given him a session, whatever its own setting', async (store) => {
    const login = sampleLogin({ expiresAt: NOW + LONGEST_SESSION_MS })
    const { uid } = await recordSample(store, login)
    const all = await store.endAllSessions({ uid, reason: 'logout_everywhere', at: NOW })
    equal(all?.until, NOW + LONGEST_SESSION_MS, 'until')
  })

  test('remembers the end of a session until its own token expires', async (store) => {
    const login = sampleLogin({ expiresAt: NOW + 77 })
    const { uid } = await recordSample(store, login)
    const end = await store.endSession({ sessionId: login.sessionId, uid, reason: 'logout', at: NOW, tokenExpiresAt: null })
    equal(end?.until, NOW + 77, 'until')
  })

  test('records the end of a session whose row is gone, for who holds its token, and for nobody else', async (store) => {
    const [sessionId, uid] = [id('s'), id('u')]
    const end = { sessionId, uid, reason: 'logout' as const, at: NOW, tokenExpiresAt: null }
    equal(await store.endSession(end), null, 'by the id')
    const { subject, until } = (await store.endSession({ ...end, tokenExpiresAt: NOW + 5 }))!
    equal([subject, until], [sessionId, NOW + 5], 'by the token')
  })

  test('SEC-KC-895X: ends the oldest sessions beyond a policy that became stricter, of each user in each app, in batches', async (store) => {
    const make = (changes: Partial<LoginRecord>): LoginRecord => sampleLogin({ openid: 'oA', ...changes })
    const other = 'wxemufedcba9876543'
    const [first, second, third] = [make({}), make({ issuedAt: NOW + 1, expiresAt: NOW + 99 }), make({ issuedAt: NOW + 2 })]
    const neighbours = [make({ appid: other }), sampleLogin({ openid: 'oB' }), make({ expiresAt: NOW + 5 })]
    for (const login of [third, first, second, ...neighbours]) await recordSample(store, login)
    equal(await store.endSessionsBeyond(3, NOW + 5, 10), [], 'within')
    const ends = [...await store.endSessionsBeyond(1, NOW + 5, 1), ...await store.endSessionsBeyond(1, NOW + 5, 1), ...await store.endSessionsBeyond(1, NOW + 5, 1)]
    equal(ends.map(({ kind, subject, reason, until }) => ({ kind, subject, reason, until })).sort((a, b) => a.until - b.until), [second, first].map(({ sessionId, expiresAt }) => ({ kind: 'session', subject: sessionId, reason: 'replaced', until: expiresAt })), 'ended')
    equal(await Promise.all([third, ...neighbours].map(({ sessionId }) => store.isSessionLive(sessionId))), [true, true, true, true], 'live')
    equal((await store.auditAfter(0, 100)).filter(({ event }) => event === 'session_ended').length, 2, 'events')
  })

  test('bans a user: the sessions end, a login is refused and leaves no trace, until the ban is lifted', async (store) => {
    const [before, refused] = [sampleLogin({ openid: 'oA' }), sampleLogin({ openid: 'oA' })]
    const { uid } = await recordSample(store, before)
    const revocation = await store.ban(uid, NOW)
    equal([revocation?.kind, revocation?.reason, await store.isSessionLive(before.sessionId)], ['user', 'banned', false], 'ban')
    const [login, neighbour] = await Promise.all([store.recordLogin(refused), store.recordLogin(sampleLogin({ openid: 'oB' }))])
    equal([login, neighbour.refused, await store.isSessionLive(refused.sessionId), (await store.findUser(uid))?.bannedAt], [{ refused: 'user_disabled' }, null, false, NOW], 'logins')
    equal((await store.endAllSessions({ uid, reason: 'logout_everywhere', at: NOW }))?.reason, 'banned', 'the ban stays the reason')
    const lifted = await store.unban(uid, NOW)
    equal([lifted?.kind, lifted?.reason, await store.unban(uid, NOW)], ['user', 'ban_lifted', null], 'lifted')
    equal((await recordSample(store, sampleLogin({ openid: 'oA' }))).uid, uid, 'logged in')
    equal([await store.ban(id('u'), NOW), await store.unban(id('u'), NOW)], [null, null], 'unknown user')
  })

  test('lists the live sessions of a user, newest first, and no other', async (store) => {
    const make = (changes: Partial<LoginRecord>): LoginRecord => sampleLogin({ openid: 'oA', ...changes })
    const [old, newer, ended, expired] = [make({ device: 'iPhone' }), make({ issuedAt: NOW + 1 }), make({}), make({ expiresAt: NOW + 5 })]
    const { uid } = await recordSample(store, old)
    for (const login of [newer, ended, expired, sampleLogin({ openid: 'oB' })]) await recordSample(store, login)
    await store.endSession({ sessionId: ended.sessionId, uid, reason: 'logout', at: NOW, tokenExpiresAt: null })
    const listed = await store.findSessions(uid, NOW + 5)
    equal(listed, [newer, old].map(({ sessionId, appid, device, issuedAt, expiresAt }) => ({ sessionId, appid, device, issuedAt, expiresAt })), 'sessions')
    await store.endAllSessions({ uid, reason: 'logout_everywhere', at: NOW })
    equal(await store.findSessions(uid, NOW + 5), [], 'after the end of all')
  })

  test('numbers parallel revocations without gaps and reads them in order, in pages', async (store) => {
    const logins = Array.from({ length: 20 }, () => sampleLogin())
    const ends = await Promise.all(logins.map(async (login) => {
      const { uid } = await recordSample(store, login)
      return store.endSession({ sessionId: login.sessionId, uid, reason: 'logout', at: NOW, tokenExpiresAt: null })
    }))
    equal(ends.map((end) => end?.seq ?? 0).sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i + 1), 'numbers')
    equal((await store.revocationsAfter(5, 3)).map(({ seq }) => seq), [6, 7, 8], 'page')
    equal(await store.revocationsAfter(20, 3), [], 'end')
  })

  test('revokes a sealing key once, for good', async (store) => {
    const first = await store.revokeKey('0a0b0c0d', NOW)
    equal([first.kind, first.subject, first.reason, first.until > NOW + LONGEST_SESSION_MS], ['key', '0a0b0c0d', 'key_revoked', true], 'revoked')
    equal(await store.revokeKey('0a0b0c0d', NOW), first, 'again')
    await store.prune(NOW + 100 * LONGEST_SESSION_MS, 10)
    equal((await store.revocationsAfter(0, 10)).map(({ kind }) => kind), ['key'], 'kept')
  })

  test('ends everything: no session lives, and one line of the feed says so', async (store) => {
    const [one, other] = [sampleLogin(), sampleLogin()]
    await recordSample(store, one)
    await recordSample(store, other)
    const end = await store.endEverything(NOW + 1)
    equal([end.kind, end.epoch, end.reason], ['all', NOW + 1, 'restored'], 'end')
    equal([await store.isSessionLive(one.sessionId), await store.isSessionLive(other.sessionId)], [false, false], 'sessions')
    equal((await store.revocationsAfter(0, 10)).length, 1, 'feed')
  })
}
