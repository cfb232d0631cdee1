import type { PictureVerdict, Store } from '../store.js'
import type { Promises } from './promises.js'
import { NOW, id, recordSample } from './samples.js'

const appid = 'wxemu0123456789abc'
const urlOf = (picture: string): string => `/v1/avatars/${picture}`
const verdict = (traceId: string, acceptable: boolean): PictureVerdict => ({ appid, traceId, acceptable, detail: acceptable ? 'pass' : 'risky', at: NOW + 5, urlOf })

async function save(store: Store, uid: string, picture: string, traceId: string): Promise<unknown> {
  await store.announceAvatar(picture, NOW + 100)
  const saved = await store.saveAvatar(uid, picture, urlOf(picture), NOW, { appid, traceId })
  return saved === null || typeof saved === 'string' ? saved : saved.profile?.avatarUrl
}

/** What every store promises of WeChat's checks of pictures. */
export const pictureChecksPromises: Promises = ({ test, equal }) => {
  test('withdraws an avatar by its verdict, once, with an event, and leaves those that pass, other people’s, and the nickname', async (store) => {
    const [{ uid }, { uid: neighbour }] = [await recordSample(store), await recordSample(store)]
    await store.saveNickname(uid, '小红', NOW)
    equal([await save(store, uid, 'a.png', 'one'), await save(store, neighbour, 'b.png', 'two')], ['/v1/avatars/a.png', '/v1/avatars/b.png'], 'saved')
    equal([await store.judgePicture(verdict('one', true)), await store.judgePicture(verdict('two', true)), await store.judgePicture({ ...verdict('one', false), appid: 'wxemufedcba9876543' })], [null, null, null], 'passed, and another app’s')
    equal([await store.judgePicture(verdict('one', false)), await store.judgePicture(verdict('one', false))], [uid, null], 'withdrawn')
    equal([(await store.findUser(uid))?.profile, (await store.findUser(neighbour))?.profile?.avatarUrl], [{ nickname: '小红', avatarUrl: null, source: 'user', updatedAt: NOW + 5 }, '/v1/avatars/b.png'], 'profiles')
    equal(await store.avatarsToRemove(NOW + 5, 10), ['a.png'], 'to be removed')
    equal((await store.auditAfter(0, 10)).filter(({ event }) => event === 'avatar_withdrawn').map(({ appid: app, subject, detail }) => [app, subject, detail]), [[appid, 'one', 'risky']], 'events')
    await store.judgePicture(verdict('two', false))
    equal((await store.findUser(neighbour))?.profile, null, 'nothing is left')
  })

  test('takes a verdict that is quicker than the note of its picture, and refuses the picture then', async (store) => {
    const { uid } = await recordSample(store)
    equal([await store.judgePicture(verdict('good', true)), await store.judgePicture(verdict('bad', false))], [null, null], 'unknown')
    equal([await save(store, uid, 'a.png', 'good'), await save(store, uid, 'b.png', 'bad')], ['/v1/avatars/a.png', 'unacceptable'], 'saved')
    equal((await store.findUser(uid))?.profile?.avatarUrl, '/v1/avatars/a.png', 'the one before stays')
    equal(await save(store, id('u'), 'c.png', 'third'), null, 'unknown user')
  })

  test('touches no picture that is not in use any more, nor one that came after it', async (store) => {
    const { uid } = await recordSample(store)
    await save(store, uid, 'a.png', 'one')
    await save(store, uid, 'b.png', 'two')
    equal(await store.judgePicture(verdict('one', false)), null, 'replaced')
    await store.forgetAvatar('a.png')
    equal(await store.judgePicture(verdict('one', false)), null, 'forgotten')
    await store.saveProfile(uid, { nickname: 'Band', avatarUrl: 'https://thirdwx.qlogo.cn/a/132', source: 'wechat', updatedAt: NOW + 1 })
    equal([await store.judgePicture(verdict('two', false)), (await store.findUser(uid))?.profile?.avatarUrl], [uid, 'https://thirdwx.qlogo.cn/a/132'], 'WeChat’s own')
  })
}
