import { PRUNE_MARGIN_MS } from '../store.js'
import type { PhoneCodeClaim } from '../store.js'
import type { Promises } from './promises.js'
import { NOW, recordSample, unique } from './samples.js'

const claim = (uid: string, changes: Partial<PhoneCodeClaim> = {}): PhoneCodeClaim =>
  ({ hash: unique(), appid: 'wxemu0123456789abc', uid, at: NOW, since: NOW - 1000, mostOfUser: null, mostOfApp: null, ...changes })

/** What every store promises of the phone button's codes. */
export const phoneCodesPromises: Promises = ({ test, equal }) => {
  test('lets one of 20 parallel callers exchange a phone code, and knows whose it is and what came of it', async (store) => {
    const [{ uid }, { uid: other }] = [await recordSample(store), await recordSample(store)]
    const mine = claim(uid)
    const claims = await Promise.all(Array.from({ length: 20 }, () => store.claimPhoneCode(mine)))
    equal(claims.toSorted(), ['claimed', ...Array.from({ length: 19 }, () => 'unbound')], 'claims')
    equal(await store.claimPhoneCode({ ...mine, uid: other }), 'foreign', 'somebody else')
    await store.savePhone(uid, { sealed: 'sealed', countryCode: '86', verifiedAt: NOW }, ['blind'], { codeHash: mine.hash })
    equal(await store.claimPhoneCode(mine), 'bound', 'bound')
  })

  test('bounds the exchanges of a user and of an app in a span of time, and counts none that WeChat refused', async (store) => {
    const [{ uid }, { uid: other }] = [await recordSample(store), await recordSample(store)]
    const limits = { mostOfUser: 2, mostOfApp: 3 }
    const [first, second] = [claim(uid, limits), claim(uid, { ...limits, at: NOW + 10, since: NOW - 990 })]
    equal([await store.claimPhoneCode(first), await store.claimPhoneCode(second), await store.claimPhoneCode(claim(uid, limits))], ['claimed', 'claimed', 'user_limit'], 'of the user')
    equal([await store.claimPhoneCode(claim(other, limits)), await store.claimPhoneCode(claim(other, limits))], ['claimed', 'app_limit'], 'of the app')
    await store.endPhoneCode(first.hash, 'refused')
    equal([await store.claimPhoneCode(first), await store.claimPhoneCode(claim(uid, { mostOfUser: 2 }))], ['unbound', 'claimed'], 'a refused one')
    await store.endPhoneCode(second.hash, 'unsent')
    equal(await store.claimPhoneCode(second), 'claimed', 'an unsent one')
    equal(await store.claimPhoneCode(claim(uid, { mostOfUser: 1, since: NOW + 10, at: NOW + 1010 })), 'claimed', 'later')
  })

  test('a merge moves phone codes: what the one who goes has exchanged is the survivor’s, and counts for him', async (store) => {
    const [{ uid: into }, { uid: from }] = [await recordSample(store), await recordSample(store)]
    const [bought, begun] = [claim(from), claim(from)]
    for (const one of [bought, begun]) await store.claimPhoneCode(one)
    await store.savePhone(from, { sealed: 'for from', countryCode: '86', verifiedAt: NOW }, ['blind'], { codeHash: bought.hash })
    await store.mergeUsers({ from, into, at: NOW, phone: { was: 'for from', sealed: 'for into' } })
    equal([await store.claimPhoneCode({ ...bought, uid: into }), await store.claimPhoneCode({ ...begun, uid: into })], ['bound', 'unbound'], 'whose they are')
    equal(await store.claimPhoneCode(claim(into, { mostOfUser: 2 })), 'user_limit', 'counted')
  })

  test('forgets phone codes a day after they count no more', async (store) => {
    const { uid } = await recordSample(store)
    const mine = claim(uid)
    await store.claimPhoneCode(mine)
    await store.prune(NOW + 2 * PRUNE_MARGIN_MS, 10)
    equal(await store.claimPhoneCode(mine), 'unbound', 'kept')
    await store.prune(NOW + 2 * PRUNE_MARGIN_MS + 1, 10)
    equal(await store.claimPhoneCode(mine), 'claimed', 'forgotten')
  })
}
