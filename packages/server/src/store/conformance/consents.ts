import type { Promises } from './promises.js'
import { NOW, id, recordSample } from './samples.js'

/** What every store promises of consents. */
export const consentsPromises: Promises = ({ test, equal }) => {
  test('T62: keeps purpose, version and times of every consent, and the time of its withdrawal', async (store) => {
    const { uid } = await recordSample(store)
    const { seq } = (await store.auditEnds()).head
    equal([await store.giveConsent(uid, 'phone', '1', NOW), await store.giveConsent(uid, 'phone', '1', NOW + 1), await store.giveConsent(uid, 'phone', '2', NOW + 2)], [true, true, true], 'given')
    equal([await store.withdrawConsent(uid, 'phone', NOW + 3), await store.withdrawConsent(uid, 'phone', NOW + 4)], [true, false], 'withdrawn')
    await store.giveConsent(uid, 'phone', '2', NOW + 5)
    const row = (version: string, givenAt: number, withdrawnAt: number | null): object => ({ purpose: 'phone', version, givenAt, withdrawnAt })
    equal(await store.findConsents(uid), [row('1', NOW, NOW + 3), row('2', NOW + 2, NOW + 3), row('2', NOW + 5, null)], 'rows')
    equal((await store.auditAfter(seq, 10)).map(({ event, subject, detail }) => [event, subject, detail]), [
      ['consent_given', 'phone', '1'], ['consent_given', 'phone', '2'], ['consent_withdrawn', 'phone', null], ['consent_given', 'phone', '2'],
    ], 'events')
  })

  test('keeps no consent of a user that does not exist', async (store) => {
    const nobody = id('u')
    equal([await store.giveConsent(nobody, 'phone', '1', NOW), await store.findConsents(nobody)], [false, []], 'nobody')
  })
}
