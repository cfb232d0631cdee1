import type { Promises } from './promises.js'
import { NOW, id, recordSample } from './samples.js'

/** What every store promises of avatars. */
export const avatarsPromises: Promises = ({ test, equal }) => {
  test('knows every picture that is to be removed: those nobody took, and those that were replaced', async (store) => {
    const { uid } = await recordSample(store)
    for (const picture of ['first.png', 'second.png', 'nobodys.png']) await store.announceAvatar(picture, NOW + 10)
    await store.saveAvatar(uid, 'first.png', '/v1/avatars/first.png', NOW)
    equal((await store.findUser(uid))?.profile, { nickname: null, avatarUrl: '/v1/avatars/first.png', source: 'user', updatedAt: NOW }, 'profile')
    equal(await store.avatarsToRemove(NOW, 10), [], 'none yet')
    await store.saveAvatar(uid, 'second.png', '/v1/avatars/second.png', NOW + 1)
    equal(await store.avatarsToRemove(NOW + 1, 10), ['first.png'], 'replaced')
    equal([...await store.avatarsToRemove(NOW + 10, 10)].sort(), ['first.png', 'nobodys.png'], 'and nobody’s')
    for (const picture of ['first.png', 'second.png', 'nobodys.png']) await store.forgetAvatar(picture)
    equal(await store.avatarsToRemove(NOW + 10, 10), [], 'forgotten')
    await store.saveAvatar(uid, 'third.png', '/v1/avatars/third.png', NOW + 2)
    equal(await store.avatarsToRemove(NOW + 2, 10), ['second.png'], 'the one in use was not forgotten')
    equal(await store.saveAvatar(id('u'), 'third.png', '', NOW), null, 'unknown user')
  })
}
