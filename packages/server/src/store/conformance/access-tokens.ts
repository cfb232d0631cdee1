import type { Promises } from './promises.js'
import { NOW } from './samples.js'

/** What every store promises of access tokens. */
export const accessTokensPromises: Promises = ({ test, equal }) => {
  test('keeps an access_token by compare-and-set: of two writers that saw the same version one wins', async (store) => {
    const app = 'wxemu0123456789abc'
    const save = (sealed: string, version: number): Promise<boolean> => store.saveAccessToken(app, { sealed, expiresAt: NOW }, { version })
    equal(await store.findAccessToken(app), null, 'none')
    equal(await Promise.all([save('a', 0), save('b', 0)]), [true, false], 'first')
    equal(await store.findAccessToken(app), { sealed: 'a', expiresAt: NOW, version: 1 }, 'found')
    equal([await save('c', 1), await save('d', 1), (await store.findAccessToken(app))?.sealed], [true, false, 'c'], 'second')
  })

  test('lets one caller force a refresh within the interval', async (store) => {
    const claims = await Promise.all(Array.from({ length: 5 }, () => store.claimForcedRefresh('app', NOW, 30_000)))
    equal(claims.filter(Boolean).length, 1, 'winners')
    equal([await store.claimForcedRefresh('app', NOW + 29_999, 30_000), await store.claimForcedRefresh('app', NOW + 30_000, 30_000)], [false, true], 'later')
  })
}
