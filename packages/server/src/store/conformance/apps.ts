import { LONGEST_SESSION_MS } from '../store.js'
import type { Promises } from './promises.js'
import { NOW, recordSample, sampleLogin } from './samples.js'

/** What every store promises of apps. */
export const appsPromises: Promises = ({ test, equal }) => {
  test('T28: switches an app off: logins are refused and leave no trace, sessions are not live, and all of it ends with the switching on', async (store) => {
    const [mine, other] = [sampleLogin({ openid: 'oA' }), sampleLogin({ openid: 'oA', appid: 'wxemufedcba9876543' })]
    for (const login of [mine, other]) await recordSample(store, login)
    const off = await store.disableApp(mine.appid, NOW)
    equal([off.kind, off.subject, off.epoch, off.reason], ['app', mine.appid, 1, 'app_disabled'], 'off')
    equal(await store.findDisabledApps(), [{ appid: mine.appid, disabledAt: NOW }], 'list')
    equal(await store.recordLogin(sampleLogin({ openid: 'oNew' })), { refused: 'app_disabled' }, 'login')
    equal([await store.isSessionLive(mine.sessionId), await store.isSessionLive(other.sessionId)], [false, true], 'sessions')
    const on = await store.enableApp(mine.appid, NOW + 1)
    equal([on?.subject, on?.epoch, await store.enableApp(mine.appid, NOW + 2)], [mine.appid, 0, null], 'on')
    equal([await store.isSessionLive(mine.sessionId), await store.findDisabledApps()], [true, []], 'sessions again')
    equal((await recordSample(store, sampleLogin({ openid: 'oNew' }))).isNew, true, 'no trace')
  })

  test('keeps one line of the feed for an app, for as long as it is off', async (store) => {
    for (const at of [NOW, NOW + 1]) await store.disableApp('wxemu0123456789abc', at)
    await store.prune(NOW + 10 * LONGEST_SESSION_MS, 10)
    equal((await store.revocationsAfter(0, 10)).map(({ kind, epoch }) => [kind, epoch]), [['app', 1]], 'feed')
  })
}
