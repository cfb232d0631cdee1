// An authenticated request against the same server's bare answer: our service, and an application that calls auth.verify().
import { load, loginRequest, median, startServer } from './peers.mjs'

const PAIRS = 15
const PARALLEL = 32

export async function measure(say) {
  const wechat = await startServer('wechat')
  const rows = [
    await ourService(wechat, say),
    await application('node-app', 'on node:http', { wechat, total: 6000 }, say),
    await application('fastify-app', 'in Fastify', { wechat, total: 6000 }, say),
    await application('express-app', 'in Express 5', { wechat, total: 2000 }, say),
  ]
  await wechat.stop()
  return rows
}

async function ourService(wechat, say) {
  const server = await startServer('tongxing', { wechat: wechat.url })
  const { headers, body, method } = loginRequest('/v1/login')()
  const { token } = await (await fetch(`${server.url}/v1/login`, { method, headers, body })).json()
  const { rate, cpu } = await compare(server, { token, bare: '/healthz', checked: '/v1/session', total: 6000 }, say)
  await server.stop()
  return row('authenticated request of our service (`GET /v1/session`) against its bare answer (`GET /healthz`)', rate, cpu)
}

async function application(name, where, { wechat, total }, say) {
  const server = await startServer(name, { wechat: wechat.url })
  const { token } = await (await fetch(`${server.url}/token?code=p0-${name}`)).json()
  const { rate, cpu } = await compare(server, { token, bare: '/bare', checked: '/checked', total }, say)
  await server.stop()
  return row(`the same in an application ${where}: a route behind \`auth.verify()\` against the route bare`, rate, cpu)
}

async function compare(server, { token, bare, checked, total }, say) {
  const get = (path) => ({ total, parallel: PARALLEL, request: () => ({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } }) })
  for (const path of [bare, checked]) await load(server, get(path))
  const ratios = { rate: [], cpu: [] }
  for (let pair = 0; pair < PAIRS; pair++) {
    if (pair % 5 === 0) say(`${checked} against ${bare}, pair ${pair + 1} of ${PAIRS}`)
    const order = pair % 2 ? [bare, checked] : [checked, bare]
    const [first, second] = [await load(server, get(order[0])), await load(server, get(order[1]))]
    const [ours, hello] = pair % 2 ? [second, first] : [first, second]
    ratios.rate.push(ours.perSecond / hello.perSecond)
    ratios.cpu.push({ ratio: ours.cpu / hello.cpu, ours: ours.cpu, hello: hello.cpu })
  }
  const cpu = ratios.cpu.toSorted((a, b) => a.ratio - b.ratio)[PAIRS >> 1]
  return { rate: median(ratios.rate), cpu }
}

function row(what, rate, cpu) {
  return {
    what, result: rate.toFixed(2), accept: '≥ 0.90', aim: '≥ 0.95', holds: rate >= 0.9,
    detail: `median of ${PAIRS} pairs, requests a second; CPU a request ${cpu.ours.toFixed(1)} µs against ${cpu.hello.toFixed(1)} (${cpu.ratio.toFixed(2)} ×)`,
  }
}
