import type { Promises } from './promises.js'
import { NOW, recordSample } from './samples.js'

/** What every store promises of phones. */
export const phonesPromises: Promises = ({ test, equal }) => {
  test('binds a phone number to one user at a time: who proves it last has it', async (store) => {
    const [{ uid: first }, { uid: second }] = [await recordSample(store), await recordSample(store)]
    const phone = { sealed: 'sealed', countryCode: '86', verifiedAt: NOW }
    await store.savePhone(first, phone, ['blind'])
    equal([await store.findPhone(first), await store.findPhone(second)], [phone, null], 'bound')
    await store.savePhone(second, { ...phone, sealed: 'other' }, ['under a new key', 'blind'])
    equal([await store.findPhone(first), (await store.findPhone(second))?.sealed], [null, 'other'], 'handed on')
    await store.savePhone(second, { ...phone, sealed: 'changed' }, ['another number'])
    equal((await store.findPhone(second))?.sealed, 'changed', 'changed')
  })

  test('puts a number under another key unless it has changed meanwhile', async (store) => {
    const { uid } = await recordSample(store)
    await store.savePhone(uid, { sealed: 'old key', countryCode: '86', verifiedAt: NOW }, ['old blind'])
    const [was] = await store.phonesAfter('', 10)
    equal([was, await store.phonesAfter(uid, 10)], [{ uid, sealed: 'old key', countryCode: '86' }, []], 'page')
    equal(await store.resealPhone(was!, 'new key', 'new blind'), true, 'resealed')
    equal([await store.resealPhone(was!, 'too late', 'too late'), (await store.findPhone(uid))?.sealed], [false, 'new key'], 'changed since')
  })
}
