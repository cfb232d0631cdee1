import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Something between a server and the emulator, for what faults of the emulator cannot single out: one app, one secret. */
export interface Relay {
  readonly url: string
  /** Path and query of every request, in order. */
  readonly requests: readonly string[]
  /** How many connections are open. */
  readonly sockets: () => number
}

/** Answers a request (or leaves it hanging) and says true, or false: it is carried on, as late as a promise says so. */
type Intervene = (url: URL, response: ServerResponse, request: IncomingMessage) => boolean | Promise<boolean>

/** Carries every request on, unless `intervene` says true. Ends with the test. */
export async function openRelay(target: () => string, intervene: Intervene): Promise<Relay> {
  const relay = await startRelay(target, intervene)
  onTestFinished(() => relay.close())
  return relay
}

/** The same, for several tests. */
export async function startRelay(target: () => string, intervene: Intervene): Promise<Relay & { close(): void }> {
  const requests: string[] = []
  let sockets = 0
  const server = createServer((request, response) => {
    requests.push(request.url!)
    const carryOn = (): void => void request.pipe(httpRequest(target() + request.url!, { method: request.method, headers: { ...request.headers, host: 'localhost' } }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(response)
    }))
    const handled = intervene(new URL(request.url!, 'http://relay'), response, request)
    if (handled instanceof Promise) void handled.then((isHandled) => { if (!isHandled) carryOn() })
    else if (!handled) carryOn()
  })
  server.on('connection', (socket) => {
    sockets++
    socket.on('close', () => sockets--)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, sockets: () => sockets, close }
}

/** What WeChat says when it says no. */
export function refuse(response: ServerResponse, errcode: number): true {
  response.writeHead(200, { 'content-type': 'text/plain' }).end(JSON.stringify({ errcode, errmsg: 'no, rid: 6437cc6f-48613c7c-0bdbbd0d' }))
  return true
}
