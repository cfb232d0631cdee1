import type { Promises } from './promises.js'
import { NOW, id, recordSample, sampleLogin } from './samples.js'

/** What every store promises of users. */
export const usersPromises: Promises = ({ test, equal }) => {
  test('finds the openid of a user in an app, and null elsewhere', async (store) => {
    const { uid } = await recordSample(store, sampleLogin({ openid: 'oA' }))
    equal([await store.findOpenid(uid, 'wxemu0123456789abc'), await store.findOpenid(uid, 'wxemufedcba9876543')], ['oA', null], 'openids')
  })

  test('keeps a profile and tells it at the next login', async (store) => {
    const { uid } = await recordSample(store, sampleLogin({ openid: 'oA' }))
    const profile = { nickname: '小明🎉', avatarUrl: null, source: 'user' as const, updatedAt: NOW }
    const saved = await store.saveProfile(uid, profile)
    equal(saved?.profile, profile, 'saved')
    equal((await store.findUser(uid))?.profile, profile, 'found')
    equal((await recordSample(store, sampleLogin({ openid: 'oA' }))).profile, profile, 'told')
    equal(await store.saveProfile(id('u'), profile), null, 'unknown user')
  })

  test('sets a nickname and leaves the avatar alone', async (store) => {
    const { uid } = await recordSample(store)
    await store.saveProfile(uid, { nickname: 'a', avatarUrl: 'https://x/a', source: 'wechat', updatedAt: NOW })
    const saved = await store.saveNickname(uid, 'b', NOW + 1)
    equal(saved?.profile, { nickname: 'b', avatarUrl: 'https://x/a', source: 'user', updatedAt: NOW + 1 }, 'profile')
    equal(await store.saveNickname(id('u'), 'b', NOW), null, 'unknown user')
  })

  test('finds the identities of a user', async (store) => {
    const { uid } = await recordSample(store, sampleLogin({ openid: 'oA', unionid: 'oU' }))
    equal(await store.findIdentities(uid), [{ appid: 'wxemu0123456789abc', openid: 'oA', unionid: 'oU' }], 'identities')
  })
}
