import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { watchLeaks } from './leak-watch.js'

const SECRET = '0f1e2d3c4b5a69780f1e2d3c4b5a6978'
const TOKEN = `txs_${'Ab3_'.repeat(34)}`

function emptyFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'leak-watch-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** A server that does this to whoever asks. */
async function answering(answer: (socket: Socket) => void): Promise<{ url: string, ask(): Promise<string> }> {
  const server = createServer((socket) => void socket.once('data', () => answer(socket))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, ask: () => text(connect(port, '127.0.0.1', function (this: Socket) { this.write('please') })) }
}

it.each<[string, (socket: Socket) => void]>([
  ['written in one piece', (socket) => { socket.end(`secret=${SECRET}`) }],
  ['written before the end, as bytes', (socket) => { socket.write(Buffer.from(SECRET, 'hex'), () => socket.end()) }],
  ['written in another encoding', (socket) => { socket.end(Buffer.from(SECRET, 'hex').toString('latin1'), 'latin1') }],
])('a secret that a server sends is found, %s', async (_how, answer) => {
  const server = await answering(answer)
  const leaks = watchLeaks()
  leaks.server(server.url)
  await server.ask()
  expect(() => leaks.check({ appSecrets: [SECRET], logs: [], dataDir: emptyFolder() })).toThrow(/^a secret \(0f1e…\) stands in what was sent/)
})

it('a token that was sent is found in the log and in a file, and is no leak where it was sent', async () => {
  const server = await answering((socket) => { socket.end(`{"token":"${TOKEN}"}`) })
  const watch = async (logs: readonly string[], dataDir: string) => {
    const leaks = watchLeaks()
    leaks.server(server.url)
    await server.ask()
    return () => leaks.check({ appSecrets: [SECRET], logs, dataDir })
  }
  const folder = emptyFolder()
  expect(await watch([], folder)).not.toThrow()
  expect(await watch([`{"err":"${TOKEN}"}`], folder)).toThrow(/stands in the log/)
  writeFileSync(path.join(folder, 'tongxing.db'), Buffer.from(TOKEN.slice(4), 'base64url'))
  expect(await watch([], folder)).toThrow(/stands in tongxing\.db/)
})
