import { expect, it } from 'vitest'
import { measureClient } from '../bench/client-peers/stage.mjs'
import * as tongxing from '../bench/client-peers/tongxing.mjs'

it('our row of bench/CLIENT-PEERS.md: of 20 parallel requests none is lost and none hangs, and there is one login', async () => {
  const { rows, trips } = await measureClient(tongxing)
  // wx.login, the exchange, the request; then the request alone, after a relaunch too; with a dead session one more, the 401.
  expect(trips).toEqual([3, 1, 1, 4])
  expect(rows.map(({ name, answered, rejected, hung, logins }) => [name, answered, rejected, hung, logins])).toEqual([
    ['cold', 20, 0, 0, 1],
    ['cold, one session a user', 20, 0, 0, 1],
    ['expired', 20, 0, 0, 1],
    ['expired, one session a user', 20, 0, 0, 1],
    // One code more, and nobody who waited hears of it.
    ['login fails once', 20, 0, 0, 2],
    // Told to everybody who waited, once; nobody stormed on.
    ['login fails twice', 0, 20, 0, 2],
    // One login more, and then it stops.
    ['server always 401', 0, 1, 0, 2],
  ])
})
