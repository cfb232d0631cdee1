// What a request with a session costs the server, against the two ways that most back ends use.
import { load, loginRequest, median, startServer } from './peers.mjs'

const PARALLEL = 32
const ROUNDS = 7

export async function measure(say) {
  const wechat = await startServer('wechat')
  const compared = [await ours(wechat), await betterAuth(), await expressSession(), await bareNode(wechat)]
  const cpu = compared.map(() => [])
  for (const one of compared) await round(one)
  for (let n = 0; n < ROUNDS; n++) {
    say(`requests with a session, round ${n + 1} of ${ROUNDS}`)
    for (const [i, one] of compared.entries()) cpu[i].push(await round(one))
  }
  for (const { server } of compared) await server.stop()
  await wechat.stop()
  const [mine, theirs, redis, floor] = cpu.map(median)
  const most = `Node’s own answer, no session checked, costs ${floor.toFixed(0)} µs: nothing on node:http can be more than ${(redis / floor).toFixed(1)} ×`
  return [
    row('better-auth’s getSession on SQLite, its cookie cache off', { theirs, mine, least: 20 }),
    row('express-session in Redis (whose own CPU is not counted)', { theirs: redis, mine, least: 12, also: most }),
  ]
}

async function ours(wechat) {
  const server = await startServer('tongxing', { wechat: wechat.url })
  const { headers, body, method } = loginRequest('/v1/login')()
  const { token } = await (await fetch(`${server.url}/v1/login`, { method, headers, body })).json()
  return { server, path: '/v1/session', headers: { authorization: `Bearer ${token}` }, total: 6000 }
}

async function betterAuth() {
  const server = await startServer('better-auth')
  return { server, path: '/', headers: { cookie: await (await fetch(`${server.url}/cookie`)).text() }, total: 800 }
}

async function expressSession() {
  const server = await startServer('express-session')
  const { headers } = await fetch(`${server.url}/cookie`)
  return { server, path: '/checked', headers: { cookie: headers.getSetCookie()[0].split(';', 1)[0] }, total: 2000 }
}

async function bareNode(wechat) {
  return { server: await startServer('node-app', { wechat: wechat.url }), path: '/bare', headers: {}, total: 6000 }
}

async function round({ server, path, headers, total }) {
  return (await load(server, { total, parallel: PARALLEL, request: () => ({ method: 'GET', path, headers }) })).cpu
}

function row(peer, { theirs, mine, least, also }) {
  const ratio = theirs / mine
  return {
    what: `server CPU of a request with a session, against ${peer}`, result: `${ratio.toFixed(1)} × less`, accept: `≥ ${least} ×`, aim: `≥ ${least} ×`, holds: ratio >= least,
    detail: `${mine.toFixed(0)} µs against ${theirs.toFixed(0)}; median of ${ROUNDS} rounds, ${PARALLEL} at once${also ? `. ${also}` : ''}`,
  }
}
