import { WebSocket } from 'ws'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createEmulator } from './emulator.js'

async function open() {
  const emulator = await createEmulator()
  onTestFinished(() => emulator.close())
  const undo = emulator.mount('/extra', { request: ({ url }, response) => { response.end(`extra ${url}`) } })
  return { emulator, undo, get: (path: string, headers = {}) => fetch(emulator.url + path, { headers }) }
}

describe('mount', () => {
  it('serves the prefix and what is below it, until it is undone', async () => {
    const { get, undo } = await open()
    expect(await (await get('/extra/a?b')).text()).toBe('extra /extra/a?b')
    expect((await get('/extraordinary')).headers.get('content-type')).toContain('json')
    undo()
    expect(await (await get('/extra')).text()).toContain('40066')
  })

  it('refuses other sites, and WebSockets that nobody takes', async () => {
    const { get, emulator } = await open()
    expect((await get('/extra', { origin: 'http://evil.example' })).status).toBe(403)
    const socket = new WebSocket(`${emulator.url.replace('http', 'ws')}/extra`)
    await new Promise((resolve) => { socket.addEventListener('error', resolve) })
  })

  it('refuses a prefix that is taken or malformed', async () => {
    const { emulator } = await open()
    const handler = { request: () => undefined }
    expect(() => emulator.mount('/extra', handler)).toThrow(TypeError)
    expect(() => emulator.mount('extra', handler)).toThrow(TypeError)
  })
})

it('changePerson changes what apps are told, and refuses whom it does not know', async () => {
  const { emulator } = await open()
  emulator.changePerson('xiaoming', { nickName: '大明' })
  expect(emulator.people[0]?.nickName).toBe('大明')
  expect(() => emulator.changePerson('nobody', {})).toThrow(TypeError)
})
