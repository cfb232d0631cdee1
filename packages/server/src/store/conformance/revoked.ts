import type { RevocableData } from '../store.js'
import type { Promises } from './promises.js'
import { NOW, recordSample, sampleLogin } from './samples.js'

/** What every store promises of data that the user took back at WeChat. */
export const revokedDataPromises: Promises = ({ test, equal }) => {
  test('finds the user of an identity', async (store) => {
    const login = sampleLogin()
    const { uid } = await recordSample(store, login)
    equal([await store.findUid(login.appid, login.openid), await store.findUid(login.appid, 'oNobody'), await store.findUid('wx0000000000000000', login.openid)], [uid, null, null], 'found')
  })

  test('forgets a profile that WeChat had signed, and keeps one that the user gave', async (store) => {
    const [{ uid: signed }, { uid: typed }] = [await recordSample(store), await recordSample(store)]
    await store.saveProfile(signed, { nickname: 'Band', avatarUrl: 'https://thirdwx.qlogo.cn/a', source: 'wechat', updatedAt: NOW })
    await store.saveNickname(typed, 'Band', NOW)
    for (const uid of [signed, typed]) await store.forgetWechatProfile(uid, NOW + 1)
    equal([(await store.findUser(signed))?.profile, (await store.findUser(typed))?.profile?.nickname], [null, 'Band'], 'profiles')
  })

  test('forgets what a user took back and nothing else, of nobody else', async (store) => {
    const fill = async (): Promise<string> => {
      const { uid } = await recordSample(store)
      await store.saveNickname(uid, 'Band', NOW)
      await store.announceAvatar(`${uid}.png`, NOW + 1000)
      await store.saveAvatar(uid, `${uid}.png`, `/v1/avatars/${uid}.png`, NOW)
      await store.savePhone(uid, { sealed: 'sealed', countryCode: '86', verifiedAt: NOW }, [uid])
      return uid
    }
    const left = async (uid: string): Promise<unknown[]> => {
      const user = await store.findUser(uid)
      return [user?.profile?.nickname ?? null, user?.profile?.avatarUrl === `/v1/avatars/${uid}.png`, await store.findPhone(uid) !== null, (await store.avatarsToRemove(NOW + 1, 100)).includes(`${uid}.png`)]
    }
    const cases: [RevocableData[], unknown[]][] = [
      [[], ['Band', true, true, false]],
      [['phone'], ['Band', true, false, false]],
      [['nickname'], [null, true, true, false]],
      [['avatar'], ['Band', false, true, true]],
      [['nickname', 'avatar', 'phone'], [null, false, false, true]],
    ]
    for (const [what, wanted] of cases) {
      const [uid, other] = [await fill(), await fill()]
      await store.forgetRevoked(uid, what, NOW + 1)
      equal([await left(uid), await left(other)], [wanted, ['Band', true, true, false]], what.join())
    }
  })
}
