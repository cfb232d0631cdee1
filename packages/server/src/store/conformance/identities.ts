import type { Promises } from './promises.js'
import { NOW, recordSample, sampleLogin } from './samples.js'

const OTHER_APP = 'wxemufedcba9876543'

/** What every store promises of unionids. */
export const identitiesPromises: Promises = ({ test, equal }) => {
  test('T36: joins a new identity to the user of its unionid within the scope, and to nobody outside of it', async (store) => {
    const first = await recordSample(store, sampleLogin({ openid: 'oA', unionid: 'oU' }))
    const joined = await recordSample(store, sampleLogin({ openid: 'oB', appid: OTHER_APP, unionid: 'oU' }))
    const outside = await recordSample(store, sampleLogin({ openid: 'oC', appid: OTHER_APP, unionid: 'oU', unionScope: 'other' }))
    equal([joined.uid, joined.isNew, outside.uid === first.uid, outside.isNew], [first.uid, false, false, true], 'users')
    equal((await store.findIdentities(first.uid)).map(({ openid }) => openid).sort(), ['oA', 'oB'], 'identities')
    equal(await store.findUnionConflicts(10), [], 'conflicts')
  })

  test('T36: makes one user of parallel first logins in two apps with one unionid', async (store) => {
    const logins = await Promise.all(Array.from({ length: 20 }, (_, i) => recordSample(store, sampleLogin({ openid: `o${i % 2}`, appid: i % 2 ? OTHER_APP : 'wxemu0123456789abc', unionid: 'oU' }))))
    equal([new Set(logins.map(({ uid }) => uid)).size, logins.filter(({ isNew }) => isNew).length], [1, 1], 'users, new ones')
  })

  test('T36: keeps the user of an identity whose unionid turns out to be another user’s, and tells of it once', async (store) => {
    const owner = await recordSample(store, sampleLogin({ openid: 'oA', unionid: 'oU' }))
    const late = await recordSample(store, sampleLogin({ openid: 'oB', appid: OTHER_APP }))
    for (const since of [NOW + 1, NOW + 2]) {
      const login = await recordSample(store, sampleLogin({ openid: 'oB', appid: OTHER_APP, unionid: 'oU', issuedAt: since }))
      equal([login.uid, login.unionOwner], [late.uid, owner.uid], 'login')
    }
    equal(await store.findUnionConflicts(10), [{ unionScope: 'default', unionid: 'oU', owner: owner.uid, uid: late.uid, appid: OTHER_APP, openid: 'oB', since: NOW + 1 }], 'conflicts')
    equal((await store.auditAfter(0, 100)).filter(({ event }) => event === 'union_conflict').length, 1, 'events')
  })

  test('T36: an app that moves to another account changes unionids and no user', async (store) => {
    const { uid } = await recordSample(store, sampleLogin({ openid: 'oA', unionid: 'oU' }))
    const moved = await recordSample(store, sampleLogin({ openid: 'oA', unionid: 'oV', unionScope: 'other' }))
    equal([moved.uid, moved.unionOwner, (await store.findIdentities(uid))[0]?.unionid], [uid, null, 'oV'], 'moved')
    const joined = await recordSample(store, sampleLogin({ openid: 'oB', appid: OTHER_APP, unionid: 'oU' }))
    equal(joined.uid, uid, 'the old unionid still is his')
  })

  test('refuses the login of a new identity whose unionid is a banned user’s, and leaves no trace of it', async (store) => {
    const { uid } = await recordSample(store, sampleLogin({ openid: 'oA', unionid: 'oU' }))
    await store.ban(uid, NOW)
    const refused = await store.recordLogin(sampleLogin({ openid: 'oB', appid: OTHER_APP, unionid: 'oU' }))
    equal([refused, (await store.findIdentities(uid)).length], [{ refused: 'user_disabled' }, 1], 'refused')
  })
}
