// Logins that the emulator gives: a code issued, and exchanged over HTTP with connections kept alive. It must never be the bottleneck of anybody's test.
import { APP, load, median, startServer } from './peers.mjs'

const PARALLEL = 32
const ROUNDS = 5
const TOTAL = 5000

export async function measure(say) {
  const server = await startServer('emulator')
  await round(server)
  const rounds = []
  for (let n = 0; n < ROUNDS; n++) {
    say(`logins at the emulator, round ${n + 1} of ${ROUNDS}`)
    rounds.push(await round(server))
  }
  const refused = Number(await (await fetch(`${server.url}/refused`)).text())
  await server.stop()
  const perCore = median(rounds.map(({ cpu }) => 1e6 / cpu))
  const failed = refused + rounds.reduce((sum, one) => sum + one.failed, 0)
  return [{
    what: 'logins a second at the emulator, on one core', result: perCore.toFixed(0), accept: '≥ 3000', aim: '≥ 6000', holds: perCore >= 3000 && failed === 0,
    detail: `issueCode and jscode2session over HTTP: ${(1e6 / perCore).toFixed(0)} µs of CPU; ${median(rounds.map(({ perSecond }) => perSecond)).toFixed(0)} exchanges a second by the clock, load on the same machine; ${failed} failed`,
  }]
}

async function round(server) {
  const before = await server.usage()
  const codes = await (await fetch(`${server.url}/codes?count=${TOTAL}`)).json()
  const request = (n) => ({ method: 'GET', path: `/sns/jscode2session?appid=${APP.appid}&secret=${APP.secret}&js_code=${codes[n]}&grant_type=authorization_code` })
  const { perSecond, failed } = await load(server, { total: TOTAL, parallel: PARALLEL, request })
  const after = await server.usage()
  return { cpu: (after.cpu - before.cpu) / TOTAL, perSecond, failed }
}
