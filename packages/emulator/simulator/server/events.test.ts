import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createEvents } from './events.js'

it('lets a page go that does not read what it is told', async () => {
  const events = createEvents()
  const server = createServer()
  const added = new Promise<ServerResponse>((resolve) => {
    server.on('request', (_, response) => {
      events.add(response)
      resolve(response)
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1', () => { reader.pause().write('GET / HTTP/1.1\r\nHost: x\r\n\r\n') })
  onTestFinished(() => {
    reader.destroy()
    server.close().closeAllConnections()
  })
  const response = await added
  for (let i = 0; i < 500 && !response.destroyed; i++) events.send('step', 'x'.repeat(65_536))
  expect(response.destroyed).toBe(true)
})
