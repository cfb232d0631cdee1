import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { HttpError } from './http.js'
import { sendRemotePicture } from './remote.js'

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Reads a picture through the emulator, which waits 100 ms; status and text of the answer. */
async function readThrough(mapped: string): Promise<[number, string]> {
  const front = await serve((_, response) => {
    sendRemotePicture('https://api.demo.test/a.png', { 'https://api.demo.test': mapped }, response, 100).catch((error: unknown) => {
      response.writeHead(error instanceof HttpError ? error.status : 500).end(String(error))
    })
  })
  const answer = await fetch(front)
  return [answer.status, await answer.text()]
}

it('gives up a picture whose server does not answer, and one that stops in the middle', async () => {
  let given = 0
  const silent = await serve((request) => void request.socket.once('close', () => given++))
  const halting = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'image/png' })
    response.write('half')
  })
  expect(await readThrough(silent)).toEqual([502, expect.stringContaining(`${silent} does not answer within 100 ms`)])
  await expect.poll(() => given).toBe(1)
  expect(await readThrough(halting)).toEqual([502, expect.stringContaining('https://api.demo.test/a.png was not read within 100 ms')])
})

it('tells a server that is not there from one that is slow', async () => {
  expect(await readThrough('http://127.0.0.1:1')).toEqual([502, expect.stringContaining('http://127.0.0.1:1 is not reached')])
})
