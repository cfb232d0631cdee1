import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

/** Takes a WebSocket handshake. */
type Take = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/**
 * Gives WebSocket handshakes to `take`. Any other wish to upgrade is ignored and the request answered, as RFC 9110 §7.8 has it:
 * the HttpClient of the JDK asks for HTTP/2 with every request.
 */
export function takeWebSockets(server: Server, take: Take): void {
  server.on('upgrade', (request, socket, head) => {
    if (request.headers.upgrade?.toLowerCase() === 'websocket') take(request, socket, head)
    else giveBack(server, request, socket, head)
  })
}

// Who listens to upgrades gets all of them from Node, off its parser. The request is read again, as if it had come without the wish.
function giveBack(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2)
    if (!/^(?:connection|upgrade|http2-settings)$/i.test(name)) lines.push(`${name}: ${value}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', socket)
}
