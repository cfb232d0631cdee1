import { expect, it } from 'vitest'
import { measureClient } from '../bench/client-peers/stage.mjs'
import * as tongxing from '../bench/client-peers/tongxing.mjs'

it('our row of bench/CLIENT-PEERS.md: of 20 parallel requests none is lost and none hangs, and there is one login', async () => {
  const { rows } = await measureClient(tongxing)
  expect(rows.map(({ name, answered, rejected, hung, logins }) => [name, answered, rejected, hung, logins])).toEqual([
    ['cold', 20, 0, 0, 1],
    ['expired', 20, 0, 0, 1],
    ['expired, one session a user', 20, 0, 0, 1],
    // Told to everybody who waited, once; nobody stormed on.
    ['login fails once', 0, 20, 0, 1],
    // One login more, and then it stops.
    ['server always 401', 0, 1, 0, 2],
  ])
})
