// An application's back end that uses Tongxing as a library: /v1/… is Tongxing's, /demo/… the application's own.
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { createHandler } from '@tongxing/server'
import { openLive } from './live.mjs'
import { createRoutes } from './routes.mjs'

const WECHAT_JWEIXIN = 'https://res.wx.qq.com/open/js/jweixin-1.6.0.js'

/** Serves Tongxing and the application on one port. In the simulator its web page needs the simulator's `jweixin`. `limits`: those per address, false for none. Rejects with the system's error when the address cannot be taken. */
export async function startBackEnd(auth, { port = 8080, host = '127.0.0.1', jweixin = WECHAT_JWEIXIN, limits } = {}) {
  // Limits per address need the address, which a Web Request does not carry.
  const addresses = new WeakMap()
  const tongxing = createHandler(auth, { addressOf: (request) => addresses.get(request), limits })
  const own = createRoutes(auth, { jweixin })
  const live = openLive(auth)

  const server = createServer((incoming, outgoing) => {
    const request = readRequest(incoming)
    if (!request) return outgoing.writeHead(400).end()
    addresses.set(request, incoming.socket.remoteAddress)
    const answer = new URL(request.url).pathname.startsWith('/demo/') ? own : tongxing
    answer(request).then((response) => writeResponse(response, outgoing)).catch((error) => {
      process.stderr.write(`${error.stack}\n`)
      outgoing.destroy()
    })
  })
  server.on('upgrade', live.take)
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const { address, family, port: taken } = server.address()
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`,
    close: () => new Promise((resolve) => {
      live.close()
      server.close(resolve)
      server.closeIdleConnections()
    }),
  }
}

/** Undefined for what is no request: a method or an address that nobody can have meant. */
function readRequest(incoming) {
  const { method, url, headers } = incoming
  try {
    const body = method === 'GET' || method === 'HEAD' ? {} : { body: Readable.toWeb(incoming), duplex: 'half' }
    return new Request(new URL(url, 'http://back-end'), { method, headers, ...body })
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

async function writeResponse(response, outgoing) {
  const body = Buffer.from(await response.arrayBuffer())
  outgoing.statusCode = response.status
  outgoing.setHeaders(response.headers).end(body)
}
