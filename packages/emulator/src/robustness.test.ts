import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createEmulator } from './emulator.js'
import type { Device } from './device.js'
import type { Emulator, EmulatorOptions } from './emulator.js'

async function open(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await createEmulator(options)
  onTestFinished(() => emulator.close())
  return emulator
}

async function openBackEnd(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  }))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const phone = (emulator: Emulator, url: string): Device =>
  emulator.openDevice({ appid: emulator.apps[0]!.appid, person: emulator.people[0]!.id, domains: { 'https://api.demo.test': url } })

const ask = (device: Device, options: object): Promise<string> => new Promise((resolve) => {
  device.wx.request({ url: 'https://api.demo.test/', ...options, success: ({ statusCode }) => resolve(String(statusCode)), fail: ({ errMsg }) => resolve(errMsg) })
})

it.each(['http://[', '//evil:99999/x'])('fails a request that is redirected to %j, and goes on', async (location) => {
  const emulator = await open()
  const device = phone(emulator, await openBackEnd((_request, response) => void response.writeHead(302, { location }).end()))
  expect(await ask(device, {})).toMatch(/^request:fail/)
})

it('fails requests that cannot be sent, more often than there are slots, and then sends a good one', async () => {
  const emulator = await open()
  const device = phone(emulator, await openBackEnd((_request, response) => void response.end('ok')))
  for (let i = 0; i < 6; i++) {
    for (const bad of [{ header: { 'x-name': '小明' } }, { header: { 'x y': '1' } }, { url: 5 }]) expect(await ask(device, bad)).toMatch(/^request:fail/)
  }
  expect(await ask(device, {})).toBe('200')
})

it('survives JSON nested ten thousand deep, in a call of a server and in an answer to a phone', async () => {
  const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
  const emulator = await open()
  await fetch(`${emulator.url}/cgi-bin/stable_token`, { method: 'POST', body: deep })
  const device = phone(emulator, await openBackEnd((_request, response) => void response.end(deep)))
  expect(await ask(device, {})).toBe('200')
  expect((await fetch(`${emulator.url}/_emulator/state`)).status).toBe(200)
})

it('hides cookies and tokens of every usual name in the traffic', async () => {
  const emulator = await open()
  const hidden = ['accessToken', 'refreshToken', 'jwt', 'x-token', 'session_key'].map((name) => [name, `secret-${name}`])
  const device = phone(emulator, await openBackEnd((_request, response) => void response.setHeader('set-cookie', 'sid=secret-cookie').end(JSON.stringify(Object.fromEntries(hidden)))))
  expect(await ask(device, { header: { 'x-token': 'secret-header' } })).toBe('200')
  expect(JSON.stringify(emulator.traffic.list())).not.toContain('secret-')
})

it('refuses requests that another web page makes a browser send, also those without an Origin', async () => {
  const emulator = await open()
  const state = (headers: Record<string, string>) => fetch(`${emulator.url}/_emulator/state`, { headers }).then(({ status }) => status)
  expect(await state({ 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' })).toBe(403)
  expect(await state({ 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' })).toBe(200)
  expect(await state({})).toBe(200)
})

it('bounds numbers: a delay that no timer takes, and a time that is no date', async () => {
  const emulator = await open()
  const post = (route: string, body: string) => fetch(`${emulator.url}/_emulator/${route}`, { method: 'POST', body }).then(({ status }) => status)
  expect(await post('faults', '{"where":"/sns/jscode2session","delayMs":1e12}')).toBe(400)
  expect(await post('clock', '{"advanceMs":1e999}')).toBe(400)
  expect(await post('clock', '{"advanceMs":1e17}')).toBe(400)
})

it('keeps the state file to its owner, and says which file is not one', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'tongxing-state-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const stateFile = path.join(dir, 'state.json')
  writeFileSync(`${stateFile}.new`, 'stale', { mode: 0o644 })
  const emulator = await createEmulator({ stateFile })
  await emulator.close()
  expect(statSync(stateFile).mode & 0o777).toBe(0o600)
  writeFileSync(stateFile, '{"version":1,"apps":[null],"people":[],"openids":[],"unionids":[]}')
  await expect(createEmulator({ stateFile })).rejects.toThrow(/state\.json/)
})
