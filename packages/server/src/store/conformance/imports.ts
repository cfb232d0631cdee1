import type { ImportRecord } from '../store.js'
import type { Promises } from './promises.js'
import { NOW, id, recordSample, sampleLogin, unique } from './samples.js'

const sampleRow = (changes: Partial<ImportRecord> = {}): ImportRecord => ({
  appid: 'wxemu0123456789abc', openid: `o${unique()}`, unionid: null, unionScope: 'default', externalId: null, nickname: null, newUid: id('u'), createdAt: NOW, ...changes,
})

/** What every store promises of imports. */
export const importsPromises: Promises = ({ test, equal }) => {
  test('imports users once: the same rows again change nothing, and their logins find them', async (store) => {
    const rows = [sampleRow({ openid: 'oA', externalId: '7', nickname: '小明' }), sampleRow({ openid: 'oB', unionid: 'oU' })]
    const uids = rows.map(({ newUid }) => newUid)
    equal(await store.importUsers(rows, NOW), uids.map((uid) => ({ outcome: 'created', uid })), 'first')
    equal(await store.importUsers(rows.map((row) => ({ ...row, newUid: id('u') })), NOW), uids.map((uid) => ({ outcome: 'unchanged', uid })), 'again')
    const [login, joined] = [await recordSample(store, sampleLogin({ openid: 'oA' })), await recordSample(store, sampleLogin({ openid: 'oC', appid: 'wxemufedcba9876543', unionid: 'oU' }))]
    equal([login.uid, login.isNew, login.profile?.nickname, joined.uid], [uids[0], false, '小明', uids[1]], 'logins')
    equal([await store.findByExternalId('7'), (await store.findUser(uids[0]!))?.externalId, await store.findByExternalId('8')], [uids[0], '7', null], 'external id')
  })

  test('makes one user of rows with one external id or one unionid, also within a batch, and completes a known one', async (store) => {
    const other = 'wxemufedcba9876543'
    const first = sampleRow({ openid: 'oA', externalId: '7' })
    const outcomes = await store.importUsers([first, sampleRow({ openid: 'oB', appid: other, externalId: '7', unionid: 'oU' }), sampleRow({ openid: 'oC', appid: 'wxemu0000000000000', unionid: 'oU' })], NOW)
    equal(outcomes, ['created', 'linked', 'linked'].map((outcome) => ({ outcome, uid: first.newUid })), 'one user')
    const { uid } = await recordSample(store, sampleLogin({ openid: 'oD' }))
    equal(await store.importUsers([sampleRow({ openid: 'oD', externalId: '9', nickname: 'x', unionid: 'oV' })], NOW), [{ outcome: 'updated', uid }], 'completed')
    equal([(await store.findUser(uid))?.externalId, (await store.findUser(uid))?.profile?.nickname, (await store.findIdentities(uid))[0]?.unionid], ['9', 'x', 'oV'], 'with')
  })

  test('tells rows that contradict what is known, and writes nothing of them', async (store) => {
    await store.importUsers([sampleRow({ openid: 'oA', externalId: '7', unionid: 'oU' }), sampleRow({ openid: 'oB', externalId: '8' })], NOW)
    const outcomes = await store.importUsers([sampleRow({ openid: 'oA', externalId: '8' }), sampleRow({ openid: 'oA', externalId: '9' }), sampleRow({ openid: 'oB', unionid: 'oU' }), sampleRow({ openid: 'oGood' })], NOW)
    equal(outcomes.map((row) => (row.outcome === 'conflict' ? row.what : row.outcome)), ['external_id', 'external_id', 'unionid', 'created'], 'outcomes')
    equal([await store.findByExternalId('9'), (await store.findIdentities((await store.findByExternalId('8'))!))[0]?.unionid], [null, null], 'nothing written')
  })

  test('T35: binds imported numbers to users who have none, and takes none from anybody', async (store) => {
    const [{ uid: a }, { uid: b }] = [await recordSample(store), await recordSample(store)]
    const phone = { sealed: 's', blind: ['blind'] as const, countryCode: '86', verifiedAt: NOW }
    equal(await store.importPhones([{ ...phone, uid: a }, { ...phone, uid: b }, { ...phone, uid: a }]), [true, false, true], 'bound')
    equal([(await store.findPhone(a))?.sealed, await store.findPhone(b)], ['s', null], 'whose')
  })
}
