// Composes emulator, server, client and simulator in one process on one clock, walks one login, and keeps serving.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createClient } from '@tongxing/client'
import { createEmulator } from '@tongxing/emulator'
import { JWEIXIN, openSimulator } from '@tongxing/emulator/simulator'
import { createAuth } from '@tongxing/server'
import { startBackEnd } from '../examples/back-end/back-end.mjs'
import { drawWalk } from './walk.mjs'

const HELP = `npm start -- [options]

  --port N          port of the emulator, 0 = any free one (default 7070)
  --server-port N   port of the server, 0 = any free one (default 8080)
  --host ADDRESS    address to listen on (default 127.0.0.1)
  --data DIR        where database, keys and the emulator's state are kept (default ./data)
  --json            one JSON line on stdout when ready; everything else on stderr
`
const DOMAIN = 'https://api.demo.test'
const DEMO = fileURLToPath(new URL('../examples/miniprogram', import.meta.url))
const PEOPLE = [{ id: 'xiaoming', nickName: '小明' }, { id: 'xiaohong', nickName: '小红' }]

const options = readOptions()
if (options) {
  await start(options).catch((error) => {
    process.stderr.write(`Tongxing cannot start: ${explain(error)}\n`)
    process.exitCode = 1
  })
}

async function start({ port, serverPort, host, data, json }) {
  const say = (text) => (json ? process.stderr : process.stdout).write(`${text}\n`)
  mkdirSync(data, { recursive: true })
  const closing = []
  const close = async () => { for (const end of closing.splice(0).reverse()) await end() }
  try {
    const emulator = await createEmulator({ host, port, people: PEOPLE, stateFile: path.join(data, 'emulator.json') })
    closing.push(() => emulator.close())
    const [app] = emulator.apps
    const auth = await createAuth({
      apps: emulator.apps.map(({ appid, secret }) => ({ appid, secret })),
      dataDir: data,
      clock: emulator.clock,
      // The demo's phone starts in an era whose phone button gives encrypted data and no code.
      phoneEncryptedData: true,
      wechat: { emulator: true, baseURL: reachable(emulator.url) },
    })
    closing.push(() => auth.close())
    const service = await startBackEnd(auth, { host, port: serverPort, jweixin: reachable(emulator.url) + JWEIXIN })
    closing.push(() => service.close())

    say(`\n  通行 Tongxing · 一次完整的登录 · a whole login, on this machine\n`)
    await walk(emulator, app, service, say)
    // In the demo's first era getUserProfile still gives real data; "today" is one click away.
    const simulator = openSimulator(emulator, { folder: DEMO, domains: { [DOMAIN]: reachable(service.url) }, era: '2021-04', say: (line) => say(`  ${line}`) })
    say(`\n  打开手机 open the phone   ${reachable(simulator.url)}`)
    say(`\n  微信(模拟) WeChat   ${emulator.url}   AppID ${app.appid}`)
    say(`  服务端 server       ${service.url}`)
    say('  Ctrl+C 结束 to stop\n')
    if (json) process.stdout.write(`${JSON.stringify({ emulator: emulator.url, server: service.url, simulator: reachable(simulator.url), appid: app.appid })}\n`)
    await stopSignal()
  } finally {
    await close()
  }
}

async function walk(emulator, app, service, say) {
  const [person] = emulator.people
  // A storage of its own: the phone of the page logs in by itself, before everybody's eyes.
  const device = emulator.openDevice({ appid: app.appid, person: person.id, domains: { [DOMAIN]: reachable(service.url) }, storage: new Map() })
  const client = createClient({ baseURL: DOMAIN, runtime: device.wx })
  emulator.traffic.clear()
  await client.get('/v1/me')
  for (const line of drawWalk(emulator.traffic.list(), person.nickName)) say(line)
  emulator.traffic.clear()
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '7070' },
        'server-port': { type: 'string', default: '8080' },
        host: { type: 'string', default: '127.0.0.1' },
        data: { type: 'string', default: 'data' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      process.stdout.write(HELP)
      return null
    }
    return { port: portOf('--port', values.port), serverPort: portOf('--server-port', values['server-port']), host: values.host, data: path.resolve(values.data), json: values.json }
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${HELP}`)
    process.exitCode = 2
    return null
  }
}

function portOf(name, text) {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error(`${name} must be a port, 0 to 65535`)
  return Number(text)
}

function explain(error) {
  if (error.code === 'EADDRINUSE') return `port ${error.port} is taken; choose another with --port or --server-port (0 = any free one)`
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') return `--host ${options.host} is no address of this machine`
  return error.message
}

// The emulator is only ever spoken to over loopback, whatever address it listens on.
function reachable(url) {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}

function stopSignal() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve)
    // npm runs this through a shell and passes a SIGTERM on to that shell alone: a new parent means that npm has ended.
    const parent = process.ppid
    setInterval(() => { if (process.ppid !== parent) resolve() }, 250).unref()
  })
}
