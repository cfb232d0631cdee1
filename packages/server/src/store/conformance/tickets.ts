import type { Promises } from './promises.js'
import { NOW, id, recordSample } from './samples.js'

/** What every store promises of tickets. */
export const ticketsPromises: Promises = ({ test, equal }) => {
  test('gives a ticket to exactly one of 20 parallel callers, once, and to nobody after its time', async (store) => {
    const ticket = { uid: (await recordSample(store)).uid, appid: 'wxemu0123456789abc', sessionId: id('s') }
    await store.saveTicket('h1', ticket, NOW + 60)
    await store.saveTicket('h2', ticket, NOW + 60)
    const winners = await Promise.all(Array.from({ length: 20 }, () => store.useTicket('h1', NOW)))
    equal(winners.filter((winner) => winner !== null), [ticket], 'winners')
    equal([await store.useTicket('h2', NOW + 60), await store.useTicket('unknown', NOW)], [null, null], 'late, unknown')
  })
}
