import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const START = fileURLToPath(new URL('../scripts/start.mjs', import.meta.url))

interface Ready { readonly emulator: string, readonly server: string, readonly simulator: string, readonly appid: string }

async function start(dataDir: string): Promise<{ ready: Ready, stderr: () => string, stop: (signal: NodeJS.Signals) => Promise<number | null> }> {
  const child = spawn(process.execPath, [START, '--json', '--port', '0', '--server-port', '0', '--data', dataDir], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => { child.kill('SIGKILL') })
  let [out, err] = ['', '']
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes('\n')) resolve()
    })
    child.once('exit', () => reject(new Error(`npm start ended: ${err}`)))
  })
  expect(out.trim().split('\n')).toHaveLength(1)
  return {
    ready: JSON.parse(out) as Ready,
    stderr: () => err,
    stop: (signal) => new Promise((resolve) => {
      child.removeAllListeners('exit').once('exit', resolve)
      child.kill(signal)
    }),
  }
}

const dataDirOf = (): string => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-start-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  return dataDir
}

async function post(url: string, body: unknown, token?: string): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) }, body: JSON.stringify(body) })
}

it('starts, walks one login in the terminal without showing a secret, and serves the README’s login by HTTP', async () => {
  const { ready, stderr, stop } = await start(dataDirOf())
  for (const word of ['wx.login', 'POST /v1/login', 'jscode2session', 'token •••', 'wx.setStorage', 'GET /v1/me']) expect(stderr()).toContain(word)
  expect(stderr()).not.toMatch(/txs_[A-Za-z0-9_-]{20}/)

  expect(await (await fetch(ready.simulator)).text()).toContain('<div id="app">')
  expect(await (await fetch(`${ready.simulator}_emulator/simulator/phones/1/app.js`)).text()).toContain('pages/by-hand/by-hand.js')
  expect(stderr()).toContain(ready.simulator)

  const { people } = await (await fetch(`${ready.emulator}/_emulator/state`)).json() as { people: { id: string }[] }
  const { code } = await (await post(`${ready.emulator}/_emulator/login`, { appid: ready.appid, person: people[0]!.id })).json() as { code: string }
  const { token } = await (await post(`${ready.server}/v1/login`, { appid: ready.appid, code })).json() as { token: string }
  const me = () => fetch(`${ready.server}/v1/me`, { headers: { authorization: `Bearer ${token}` } })
  expect((await me()).status).toBe(200)
  expect((await post(`${ready.server}/v1/logout`, {}, token)).status).toBe(204)
  expect((await me()).status).toBe(401)
  expect(await stop('SIGINT')).toBe(0)
})

it('keeps its data over a restart: the session, the user and the people are still there', async () => {
  const dataDir = dataDirOf()
  const first = await start(dataDir)
  const { person } = await (await post(`${first.ready.emulator}/_emulator/people`, { nickName: '小红' })).json() as { person: { id: string } }
  const login = async ({ emulator, server, appid }: Ready) => {
    const { code } = await (await post(`${emulator}/_emulator/login`, { appid, person: person.id })).json() as { code: string }
    return await (await post(`${server}/v1/login`, { appid, code })).json() as { token: string, user: { uid: string, isNew: boolean } }
  }
  const before = await login(first.ready)
  expect(await first.stop('SIGTERM')).toBe(0)

  const second = await start(dataDir)
  expect(second.ready.appid).toBe(first.ready.appid)
  const session = await fetch(`${second.ready.server}/v1/session`, { headers: { authorization: `Bearer ${before.token}` } })
  expect(session.status).toBe(200)
  expect((await login(second.ready)).user).toMatchObject({ uid: before.user.uid, isNew: false })
  expect(await second.stop('SIGTERM')).toBe(0)
})

it('one clock: moving the emulator’s clock ends the server’s sessions too', async () => {
  const { ready, stop } = await start(dataDirOf())
  const { people } = await (await fetch(`${ready.emulator}/_emulator/state`)).json() as { people: { id: string }[] }
  const { code } = await (await post(`${ready.emulator}/_emulator/login`, { appid: ready.appid, person: people[0]!.id })).json() as { code: string }
  const { token } = await (await post(`${ready.server}/v1/login`, { appid: ready.appid, code })).json() as { token: string }
  await post(`${ready.emulator}/_emulator/clock`, { advanceMs: 8 * 86_400_000 })
  const answer = await fetch(`${ready.server}/v1/session`, { headers: { authorization: `Bearer ${token}` } })
  expect((await answer.json() as { code: string }).code).toBe('session_expired')
  expect(await stop('SIGTERM')).toBe(0)
})

it.each([
  [['--port', 'many'], 2, /--port must be a port/],
  [['--nonsense'], 2, /--nonsense/],
  [['--port', '0', '--server-port', '0', '--host', '203.0.113.1'], 1, /--host 203\.0\.113\.1 is no address of this machine/],
])('says what is wrong with %j and ends', async (words, exit, said) => {
  const child = spawn(process.execPath, [START, ...words, '--data', dataDirOf()], { stdio: ['ignore', 'pipe', 'pipe'] })
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(exit)
  expect(err).toMatch(said)
  expect(err).not.toMatch(/\n\s+at /)
})
