// Runs the README's examples in TypeScript, which stand beside it as modules; what they do not declare they find as globals. `node examples.mjs PORT`
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createEmulator } from '@tongxing/emulator'
import { createPhone } from '@tongxing/emulator/runtime'

const port = Number(process.argv[2])
const asked = new Set()
// What the examples call their back end, at port 3000: it takes pushes, answers data fetched ahead, and is a container.
const backEnd = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://back-end')
  asked.add(`${request.method} ${pathname}`)
  request.resume()
  response.end(searchParams.get('echostr') ?? 'success')
}).listen(port, '127.0.0.1')
await once(backEnd, 'listening')

await import('./start.mjs')

const emulator = await createEmulator()
const [app] = emulator.apps
const [appid, person] = [app.appid, 'xiaoming']
const open = (options) => emulator.openDevice({ appid, person, domains: { 'https://api.demo.test': `http://127.0.0.1:${port}` }, containers: { 'prod-1/auth': `http://127.0.0.1:${port}` }, ...options })

async function example(name, globals) {
  Object.assign(globalThis, globals)
  await import(`./${name}.mjs`)
  for (const given of Object.keys(globals)) Reflect.deleteProperty(globalThis, given)
}

await example('simulator', { emulator, endSessionsOf: () => undefined })
assert.match(await (await fetch(emulator.url)).text(), /<div id="app">/)

await example('platforms', { emulator, app })

await example('push', { emulator })
assert.deepEqual([asked.has('GET /wechat/push'), asked.has('POST /wechat/push')], [true, true])

const device = open({ era: '2021-04' })
// The hold of the example waits for two requests.
const knocking = setInterval(() => device.wx.request({ url: 'https://api.demo.test/knock' }), 5)
const before = emulator.clock.now()
await example('happen', { emulator, appid, person, device })
clearInterval(knocking)
assert.equal(emulator.clock.now() - before >= 5 * 60_000, true)
assert.equal(device.network, 'offline')
assert.deepEqual(emulator.faults.list().map(({ rule }) => rule.where), ['/sns/jscode2session', '/sns/jscode2session', 'wx.request', 'storage'])
device.close()

emulator.faults.clear()
await example('buttons', { emulator, app, appid, person, device: open({}), bytes: Buffer.from('picture'), folder: './miniprogram', createPhone })
assert.deepEqual([asked.has('GET /prefetch'), asked.has('GET /')], [true, true])

backEnd.closeAllConnections()
backEnd.close()
await emulator.close()
console.log('every example has run')
