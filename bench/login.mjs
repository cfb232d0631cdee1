// A login against the tutorial's back end (CPU), and against the ceiling that WeChat's latency sets.
import { load, loginRequest, median, startServer } from './peers.mjs'

const PARALLEL = 64
const ROUNDS = 5

export async function measure(say) {
  return [await againstTutorial(say), await againstCeiling(say)]
}

async function againstTutorial(say) {
  const wechat = await startServer('wechat')
  const [ours, tutorial] = [await startServer('tongxing', { wechat: wechat.url }), await startServer('tutorial', { wechat: wechat.url })]
  const cpu = { ours: [], tutorial: [] }
  await load(ours, { total: 2000, parallel: PARALLEL, request: loginRequest('/v1/login') })
  await load(tutorial, { total: 300, parallel: PARALLEL, request: loginRequest('/login') })
  for (let round = 0; round < ROUNDS; round++) {
    say(`against the tutorial, round ${round + 1} of ${ROUNDS}`)
    cpu.ours.push((await load(ours, { total: 3000, parallel: PARALLEL, request: loginRequest('/v1/login') })).cpu)
    cpu.tutorial.push((await load(tutorial, { total: 600, parallel: PARALLEL, request: loginRequest('/login') })).cpu)
  }
  for (const server of [ours, tutorial, wechat]) await server.stop()
  const [mine, theirs] = [median(cpu.ours), median(cpu.tutorial)]
  return {
    what: 'login, server CPU, against Express + axios + jsonwebtoken + SQLite', result: `${(theirs / mine).toFixed(1)} × less`, accept: '≥ 6 ×', aim: '≥ 12 ×', holds: theirs / mine >= 6,
    detail: `${mine.toFixed(0)} µs against ${theirs.toFixed(0)} a login, ${PARALLEL} at once, WeChat at 0 ms; ours is durable (fsync) and writes four tables`,
  }
}

async function againstCeiling(say) {
  const delayMs = 50
  const wechat = await startServer('wechat', { delayMs })
  const ours = await startServer('tongxing', { wechat: wechat.url })
  await load(ours, { total: 1000, parallel: PARALLEL, request: loginRequest('/v1/login') })
  const rates = []
  for (let round = 0; round < ROUNDS; round++) {
    say(`WeChat at ${delayMs} ms, round ${round + 1} of ${ROUNDS}`)
    rates.push((await load(ours, { total: 4000, parallel: PARALLEL, request: loginRequest('/v1/login') })).perSecond)
  }
  for (const server of [ours, wechat]) await server.stop()
  const ceiling = PARALLEL / (delayMs / 1000)
  const rate = median(rates)
  return {
    what: `logins a second with WeChat at ${delayMs} ms, against the ceiling of concurrency by latency`, result: (rate / ceiling).toFixed(2), accept: '≥ 0.75', aim: '≥ 0.90', holds: rate / ceiling >= 0.75,
    detail: `${rate.toFixed(0)} of ${ceiling} logins a second, ${PARALLEL} at once, load and server on the same machine`,
  }
}
