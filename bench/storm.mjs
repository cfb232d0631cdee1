// A push brings 100,000 people at once: none lost, and how long it takes.
import { load, loginRequest, startServer } from './peers.mjs'

const PEOPLE = 100_000
const PARALLEL = 256

export async function measure(say) {
  say(`${PEOPLE} logins, ${PARALLEL} at once`)
  const wechat = await startServer('wechat')
  const server = await startServer('tongxing', { wechat: wechat.url })
  const { seconds, failed, p50, p99, rss } = await load(server, { total: PEOPLE, parallel: PARALLEL, request: loginRequest('/v1/login', PEOPLE), mayFail: Infinity })
  for (const each of [server, wechat]) await each.stop()
  return [{
    what: `${PEOPLE.toLocaleString('en')} first logins in a storm`, result: `${failed} lost, ${seconds.toFixed(0)} s`, accept: '0 lost', aim: '60 s', holds: failed === 0,
    detail: `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ${(rss / 1048576).toFixed(0)} MB resident; server, WeChat and load on the same machine`,
  }]
}
