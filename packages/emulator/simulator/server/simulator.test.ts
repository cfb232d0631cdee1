import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createEmulator } from '#emulator'
import type { Emulator } from '#emulator'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { FromPhone, Launch, ToPhone } from '../wire/messages.js'
import { openSimulator } from '../../dist/simulator/server/index.js'
import type { SimulatorOptions } from './simulator.js'

const SEED = fileURLToPath(new URL('../../runtime/fixtures/seed', import.meta.url))

async function open(options: Partial<SimulatorOptions> = {}) {
  const emulator = await createEmulator()
  onTestFinished(() => emulator.close())
  const said: string[] = []
  const simulator = openSimulator(emulator, { folder: SEED, say: (line) => said.push(line), ...options })
  const base = `${simulator.url}_emulator/simulator`
  const post = (route: string, body: unknown, headers = {}) => fetch(base + route, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
  return { emulator, simulator, said, base, post }
}

async function load(base: string, id = '1'): Promise<Launch> {
  const html = await (await fetch(`${base}/phones/${id}`)).text()
  return JSON.parse(/<script id="launch" type="application\/json">(.*)<\/script>/.exec(html)?.[1] ?? '') as Launch
}

/** A phone's WebSocket: `send` a message, `next` gives what comes. */
async function connect(base: string, { launch, phone }: Launch) {
  const socket = new WebSocket(`${base.replace('http', 'ws')}/phones/${phone}/socket?${launch}`)
  const came: ToPhone[] = []
  socket.on('message', (data: Buffer) => came.push(JSON.parse(data.toString()) as ToPhone))
  const closed = new Promise<number>((resolve) => { socket.once('close', resolve) })
  await new Promise((resolve) => { socket.once('open', resolve) })
  return {
    closed,
    send: (message: FromPhone) => { socket.send(JSON.stringify(message)) },
    next: async (): Promise<ToPhone> => {
      await expect.poll(() => came.length).toBeGreaterThan(0)
      return came.shift() as ToPhone
    },
  }
}

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  onTestFinished(() => { server.close().closeAllConnections() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const call = (api: string, options: unknown, tap = false): FromPhone => ({ type: 'call', id: 1, api, options, tap })
const storageOf = (emulator: Emulator) => [...emulator.openDevice({ appid: emulator.apps[0]?.appid ?? '', person: 'xiaoming' }).storage.keys()]

describe('a page for <web-view>', () => {
  const H5 = 'https://h5.example.com'

  it('is found behind a business domain with its query and fragment, masked in the traffic, and asked by the browser alone', async () => {
    const asked: string[] = []
    const address = await serve((request, response) => {
      asked.push(request.url ?? '')
      response.end()
    })
    const { base, post, emulator } = await open({ businessDomains: { [H5]: `${address}/app/` } })
    const { launch } = await load(base)
    const find = async (source: string, by = launch): Promise<unknown[]> => {
      const answer = await post('/phones/1/web-page', { launch: by, source })
      return [answer.status, await answer.json() as unknown]
    }
    expect(await find(`${H5}/a?ticket=txt_1#top`)).toEqual([200, { address: `${address}/app/a?ticket=txt_1#top` }])
    expect(await find('https://h5.example.com.evil.example/')).toEqual([200, { refused: 'domain' }])
    expect(await find('javascript:alert(1)')).toEqual([200, { refused: 'domain' }])
    expect(asked).toEqual([])
    expect(emulator.traffic.list().filter(({ name }) => name === 'web-view').map(({ detail }) => detail)).toEqual([
      { url: `${H5}/a?ticket=***` }, { url: 'https://h5.example.com.evil.example/', refused: 'domain' }, { url: 'javascript:alert(1)', refused: 'domain' },
    ])
    expect(await find(`${H5}/`, launch - 1)).toEqual([409, expect.anything()])
    expect((await fetch(`${base}/phones/1`)).headers.get('content-security-policy')).toContain(`frame-src ${address};`)
  })

  it('does not answer where nobody listens, or where the phone has no network', async () => {
    const address = await serve((_, response) => { response.end() })
    const { base, post } = await open({ domains: { [H5]: address, 'https://down.example.com': 'http://127.0.0.1:9' } })
    const { launch } = await load(base)
    const find = async (source: string): Promise<unknown> => (await post('/phones/1/web-page', { launch, source })).json()
    expect(await find('https://down.example.com/')).toEqual({ refused: 'network' })
    expect(await find(`${H5}/`)).toEqual({ address: `${address}/` })
    await post('/do/set-network', { phone: '1', network: 'offline' })
    expect(await find(`${H5}/`)).toEqual({ refused: 'network' })
  })

  it('may load jweixin from any web site, and nothing else', async () => {
    const { base } = await open()
    const asOther = { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } }
    expect(await Promise.all(['/jweixin.js', '/bridge.js', '/phones/1'].map(async (file) => (await fetch(base + file, asOther)).status))).toEqual([200, 403, 403])
  })
})

describe('a phone over the wire', () => {
  it('calls the emulator’s wx, with callbacks and at once', async () => {
    const { base, post } = await open()
    const launch = await load(base)
    const phone = await connect(base, launch)
    phone.send(call('setStorage', { key: 'a', data: { $: 'date', v: 5 } }))
    expect(await phone.next()).toMatchObject({ type: 'settled', ok: true, result: { errMsg: 'setStorage:ok' } })
    const answer = await post('/phones/1/call', { launch: launch.launch, api: 'getStorageSync', args: ['a'], tap: false })
    expect(await answer.json()).toEqual({ value: { $: 'date', v: 5 } })
  })

  it('honours the tap: refused without, asked with', async () => {
    const { base } = await open({ era: '2021-04' })
    const phone = await connect(base, await load(base))
    phone.send(call('getUserProfile', { desc: '展示' }))
    expect(await phone.next()).toMatchObject({ ok: false, result: { errMsg: 'getUserProfile:fail can only be invoked by user TAP gesture.' } })
    phone.send(call('getUserProfile', { desc: '展示' }, true))
    const asked = await phone.next() as Extract<ToPhone, { type: 'ask' }>
    expect(asked.sheet).toMatchObject({ api: 'getUserProfile', desc: '展示' })
    phone.send({ type: 'answer', question: asked.sheet.question, allow: true })
    expect(await phone.next()).toMatchObject({ ok: true, result: { userInfo: { nickName: '小明' } } })
  })

  it('carries requests, their heads first, and aborts them', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/slow') response.flushHeaders()
      else response.end('{"from":"server"}')
    }).listen(0)
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const { base } = await open({ domains: { 'https://api.example.com': `http://127.0.0.1:${(server.address() as AddressInfo).port}` } })
    const phone = await connect(base, await load(base))
    phone.send(call('request', { url: 'https://api.example.com/fast' }))
    expect(await phone.next()).toMatchObject({ type: 'event', event: 'HeadersReceived', result: { statusCode: 200 } })
    expect(await phone.next()).toMatchObject({ type: 'settled', result: { data: { from: 'server' } } })
    phone.send(call('request', { url: 'https://api.example.com/slow' }))
    expect(await phone.next()).toMatchObject({ type: 'event', event: 'HeadersReceived' })
    phone.send({ type: 'abort', id: 1 })
    expect(await phone.next()).toMatchObject({ ok: false, result: { errMsg: 'request:fail abort' } })
  })

  it('has one document at a time: the one before is closed and refused', async () => {
    const { base, post } = await open()
    const first = await load(base)
    const phone = await connect(base, first)
    await load(base)
    expect(await phone.closed).toBe(4001)
    expect((await post('/phones/1/call', { launch: first.launch, api: 'canIUse', args: ['login'], tap: false })).status).toBe(409)
  })

  it('lacks what era and base library lack', async () => {
    const { base, post } = await open({ era: '2018' })
    expect((await load(base)).functions).not.toHaveProperty('getUserProfile')
    await post('/do/change-phone', { phone: '1', era: 'today' })
    expect((await load(base)).functions).toMatchObject({ getUserProfile: 'promise', request: 'task', connectSocket: 'task', getStorageSync: 'direct' })
  })

  it('tells the phone that the clock was moved', async () => {
    const { base, post } = await open()
    const phone = await connect(base, await load(base))
    await post('/do/advance-clock', { ms: 3_600_000 })
    expect(await phone.next()).toMatchObject({ type: 'clock' })
  })

  it('tells the phone that its network changed, and keeps it over a relaunch', async () => {
    const { base, post } = await open()
    const phone = await connect(base, await load(base))
    phone.send({ type: 'listen', id: 2, api: 'onNetworkStatusChange' })
    phone.send(call('getNetworkType', {}))
    await phone.next()
    await post('/do/set-network', { phone: '1', network: 'offline' })
    expect(await phone.next()).toEqual({ type: 'heard', id: 2, args: [{ isConnected: false, networkType: 'none' }] })
    await post('/do/relaunch', { phone: '1' })
    const next = await connect(base, await load(base))
    next.send(call('getNetworkType', {}))
    expect(await next.next()).toMatchObject({ ok: true, result: { networkType: 'none' } })
  })
})

describe('the page’s server', () => {
  it('deletes the mini program: storage and grants are gone', async () => {
    const { emulator, base, post } = await open()
    const phone = await connect(base, await load(base))
    phone.send(call('setStorage', { key: 'a', data: 1 }))
    await phone.next()
    expect(storageOf(emulator)).toEqual(['a'])
    await post('/do/delete-program', { phone: '1' })
    expect(storageOf(emulator)).toEqual([])
  })

  it('gives one person two phones: a storage each, one set of grants, and each step names its phone', async () => {
    const { emulator, base, post } = await open()
    expect((await (await post('/do/add-phone', { person: 'xiaoming' })).json() as { phone: string }).phone).toBe('2')
    const [first, second] = [await connect(base, await load(base)), await connect(base, await load(base, '2'))]
    for (const [phone, data] of [[first, 'one'], [second, 'two']] as const) {
      phone.send(call('setStorage', { key: 'on', data }))
      await phone.next()
    }
    const storages = await Promise.all(['1', '2'].map(async (id) => await (await fetch(`${base}/phones/${id}/storage`)).json() as { value: unknown }[]))
    expect(storages.map(([entry]) => entry?.value)).toEqual(['one', 'two'])
    expect(emulator.traffic.list().filter(({ name }) => name === 'wx.setStorage').map(({ device }) => device)).toEqual([undefined, 'phone-2'])
    second.send(call('authorize', { scope: 'scope.record' }))
    expect(await second.next()).toMatchObject({ type: 'ask' })
    await post('/do/set-scope', { phone: '1', scope: 'scope.record', answer: 'refused' })
    const third = await connect(base, await load(base, '2'))
    third.send(call('authorize', { scope: 'scope.record' }))
    expect(await third.next()).toMatchObject({ ok: false, result: { errMsg: 'authorize:fail auth deny' } })
  })

  it.each([['allow', true], ['deny', false]] as const)('answers for the person when told to: %s', async (answerer, ok) => {
    const { base, post } = await open()
    const phone = await connect(base, await load(base))
    await post('/do/set-answerer', { phone: '1', answerer })
    phone.send(call('authorize', { scope: 'scope.camera' }))
    expect(await phone.next()).toMatchObject({ type: 'settled', ok })
  })

  it('sends the mini program to the background and back, also by the phone’s own button', async () => {
    const { emulator, base, post } = await open()
    const phone = await connect(base, await load(base))
    phone.send({ type: 'listen', id: 7, api: 'onAppHide' })
    phone.send(call('getStorageInfo', {}))
    await phone.next()
    await post('/do/set-background', { phone: '1', inBackground: true })
    expect([await phone.next(), await phone.next()]).toMatchObject([{ type: 'visibility', hidden: true }, { type: 'heard', id: 7 }])
    phone.send({ type: 'return' })
    expect(await phone.next()).toEqual({ type: 'visibility', hidden: false })
    expect(emulator.traffic.list().map(({ name }) => name).filter((name) => name.endsWith('ground'))).toEqual(['background', 'foreground'])
  })

  it('begins anew when the emulator starts over: who is gone has no phone, and nothing is stored', async () => {
    const { emulator, base, post } = await open()
    const { person } = await (await post('/do/add-person', { nickName: 'Ann', risk: true })).json() as { person: string }
    await post('/do/change-phone', { phone: '1', person })
    const phone = await connect(base, await load(base))
    emulator.reset()
    expect(await phone.closed).toBe(4001)
    const again = await load(base, '2')
    expect([again.person.nickName, (await fetch(`${base}/phones/1/storage`)).status]).toEqual(['小明', 404])
  })

  it('masks what it shows of the storage', async () => {
    const { base } = await open()
    const phone = await connect(base, await load(base))
    phone.send(call('setStorage', { key: 'token', data: 'txs_secret' }))
    await phone.next()
    expect(await (await fetch(`${base}/phones/1/storage`)).json()).toMatchObject([{ key: 'token', value: '***' }])
  })

  it.each([
    ['/do/nothing', {}, 404], ['/do/relaunch', { phone: '7' }, 404], ['/do/change-phone', { phone: '1', era: '1999' }, 400], ['/do/change-phone', { phone: '1', baseLibrary: 'x' }, 400],
    ['/do/add-phone', { person: 'nobody' }, 404], ['/do/set-answerer', { phone: '1', answerer: 'maybe' }, 400], ['/do/set-background', { phone: '1', inBackground: 'yes' }, 400],
    ['/do/remove-phone', { phone: '1' }, 409], ['/do/advance-clock', { ms: -1 }, 400], ['/do/expire-server-session', { phone: '1' }, 409],
    ['/do/set-network', { phone: '1', network: '9g' }, 400], ['/do/set-scope', { phone: '1', scope: 'camera', answer: 'allowed' }, 400], ['/do/add-fault', { line: 'wx.login' }, 400], ['/do/end-fault', { id: 9 }, 404],
  ])('refuses %s %j with %i', async (route, body, status) => {
    const { post } = await open()
    const answer = await post(route, body)
    expect([answer.status, await answer.json()]).toEqual([status, { error: expect.any(String) as string }])
  })

  it('refuses other sites and paths outside of the folder', async () => {
    const { base, post } = await open()
    expect((await post('/do/relaunch', { phone: '1' }, { origin: 'http://evil.example' })).status).toBe(403)
    expect((await fetch(`${base}/program/%2e%2e/members/app.json`)).status).toBe(404)
    expect((await fetch(`${base}/program/app.json`)).status).toBe(200)
  })

  it('answers 404 for a file whose name is no escaped text', async () => {
    const { base } = await open()
    expect((await fetch(`${base}/program/%`)).status).toBe(404)
  })

  it.each(['notjson', 'null', '{"type":"error","message":{"toString":null}}'])('closes a phone that sends %s, and goes on', async (text) => {
    const { base } = await open()
    const { launch } = await load(base)
    const socket = new WebSocket(`${base.replace('http', 'ws')}/phones/1/socket?${launch}`)
    socket.once('open', () => { socket.send(text) })
    expect(await new Promise((resolve) => { socket.once('close', resolve) })).toBe(1003)
    expect((await fetch(`${base}/phones/1`)).status).toBe(200)
  })

  it('fetches pictures from the mapped address alone, whatever path or redirect points elsewhere', async () => {
    const other = await serve((_, response) => { response.writeHead(200, { 'content-type': 'image/png' }).end('secret') })
    const mapped = await serve(({ url }, response) => {
      if (url === '/moved') response.writeHead(302, { location: `${other}/x` }).end()
      else response.writeHead(200, { 'content-type': 'image/png' }).end(`mapped ${url}`)
    })
    const { base } = await open({ domains: { 'https://api.demo.test': mapped } })
    const read = (rest: string) => fetch(`${base}/remote/${encodeURIComponent(`https://api.demo.test/${rest}`)}`)
    expect(await (await read(`${other}/x`)).text()).toBe(`mapped /${other}/x`)
    expect(await (await read(`//${other.slice('http://'.length)}/x`)).text()).toMatch(/^mapped /)
    expect((await read('moved')).status).toBe(404)
  })

  it('does not show a picture that is too large, or that breaks off', async () => {
    const chunk = Buffer.alloc(1024 * 1024)
    const mapped = await serve(({ url }, response) => {
      response.writeHead(200, { 'content-type': 'image/png' })
      if (url === '/broken') return void response.write(chunk, () => response.destroy())
      for (let sent = 0; sent < 17; sent++) response.write(chunk)
      response.end()
    })
    const { base } = await open({ domains: { 'https://api.demo.test': mapped } })
    const read = async (rest: string) => {
      const answer = await fetch(`${base}/remote/${encodeURIComponent(`https://api.demo.test/${rest}`)}`)
      return [answer.status, ((await answer.json()) as { error: string }).error]
    }
    expect(await read('large')).toEqual([502, expect.stringMatching(/larger than 16777216 bytes/)])
    expect(await read('broken')).toEqual([502, expect.stringMatching(/broke off/)])
  })

  it('compiles anew on a change: errors with file and line, then the repaired program', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'simulator-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    cpSync(SEED, folder, { recursive: true })
    const { base, simulator, said } = await open({ folder })
    await simulator.compiled
    writeFileSync(path.join(folder, 'pages/index/index.wxml'), '<view>\n<marquee>x</marquee></view>')
    await expect.poll(() => said.join('\n'), { timeout: 5000 }).toMatch(/pages\/index\/index\.wxml:2:\d+ .*marquee/)
    expect(await (await fetch(`${base}/phones/1/app.js`)).text()).toContain('marquee')
    writeFileSync(path.join(folder, 'pages/index/index.wxml'), '<view>mended</view>')
    await expect.poll(() => said.at(-1), { timeout: 5000 }).toContain('compiled anew')
  })

  it.each([['/nowhere', /does not exist/], [tmpdir(), /neither an app\.json nor/]])('does not open %s', async (folder, error) => {
    await expect(open({ folder })).rejects.toThrow(error)
  })
})
