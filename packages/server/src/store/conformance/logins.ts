import type { LoginRecord } from '../store.js'
import type { Promises } from './promises.js'
import { NOW, recordSample, sampleLogin } from './samples.js'

/** What every store promises of logins. */
export const loginsPromises: Promises = ({ test, equal }) => {
  test('creates a user at the first login of an identity and finds it at the second', async (store) => {
    const first = await recordSample(store, sampleLogin({ openid: 'oA' }))
    const second = await recordSample(store, sampleLogin({ openid: 'oA' }))
    equal([first.isNew, second.isNew, second.uid === first.uid, second.epoch], [true, false, true, 1], 'logins')
  })

  test('keeps openids apart that differ in case only, and one openid in two apps', async (store) => {
    const logins = await Promise.all([{ openid: 'oAbC' }, { openid: 'oABC' }, { openid: 'oAbC', appid: 'wxemufedcba9876543' }].map((changes) => recordSample(store, sampleLogin(changes))))
    equal(new Set(logins.map(({ uid }) => uid)).size, 3, 'users')
  })

  test('makes one user of 50 parallel first logins of one identity', async (store) => {
    const logins = await Promise.all(Array.from({ length: 50 }, () => recordSample(store, sampleLogin({ openid: 'oA' }))))
    equal([new Set(logins.map(({ uid }) => uid)).size, logins.filter(({ isNew }) => isNew).length], [1, 1], 'users, new ones')
  })

  test('fails a bad login alone: its neighbours are written, and nothing of it is', async (store) => {
    const taken = sampleLogin()
    await recordSample(store, taken)
    const results = await Promise.allSettled([
      recordSample(store, sampleLogin({ openid: 'oGood' })),
      recordSample(store, sampleLogin({ openid: 'oBad', sessionId: taken.sessionId })),
      recordSample(store, sampleLogin({ openid: 'oAlsoGood' })),
    ])
    equal(results.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled'], 'outcomes')
    equal((await recordSample(store, sampleLogin({ openid: 'oBad' }))).isNew, true, 'half of the bad login')
  })

  test('SEC-KC-12390: gives no session id to a second login, of the same user or another, live or ended, and leaves the first as it is', async (store) => {
    const mine = sampleLogin({ openid: 'oA' })
    const { uid } = await recordSample(store, mine)
    const again = (openid: string): Promise<string> => recordSample(store, sampleLogin({ openid, sessionId: mine.sessionId })).then(() => 'taken', () => 'refused')
    const live = [await again('oA'), await again('oB'), (await store.findSessionIdentity(mine.sessionId))?.openid]
    await store.endSession({ sessionId: mine.sessionId, uid, reason: 'logout', at: NOW, tokenExpiresAt: null })
    equal([live, await again('oB'), await store.isSessionLive(mine.sessionId)], [['refused', 'refused', 'oA'], 'refused', false], 'logins')
  })

  test('ends the oldest sessions beyond the device policy, of this user in this app', async (store) => {
    const make = (changes: Partial<LoginRecord>): LoginRecord => sampleLogin({ openid: 'oA', mostSessions: 2, ...changes })
    const [first, second, third] = [make({}), make({ issuedAt: NOW + 1 }), make({ issuedAt: NOW + 2 })]
    const other = sampleLogin({ openid: 'oB', mostSessions: 2 })
    for (const login of [first, other, second]) equal((await recordSample(store, login)).replaced, [], 'within')
    const { replaced } = await recordSample(store, third)
    equal(replaced.map(({ kind, subject, reason, until }) => ({ kind, subject, reason, until })), [{ kind: 'session', subject: first.sessionId, reason: 'replaced', until: first.expiresAt }], 'replaced')
    const live = await Promise.all([first, second, third, other].map(({ sessionId }) => store.isSessionLive(sessionId)))
    equal(live, [false, true, true, true], 'live')
  })

  test('keeps a unionid that appears later', async (store) => {
    const { uid } = await recordSample(store, sampleLogin({ openid: 'oA' }))
    await recordSample(store, sampleLogin({ openid: 'oA', unionid: 'oU' }))
    equal((await store.findIdentities(uid))[0]?.unionid, 'oU', 'unionid')
  })
}
