// A WebSocket behind auth.verify: checked at the handshake and at each message, closed with 4401 once the session is over.
import { isAuthError } from '@tongxing/server'
import { WebSocketServer } from 'ws'
import { tokenOf } from './routes.mjs'

const PATH = '/demo/live'
/** The close code that Tongxing's client reads as 401: it checks its session, and comes back with a new signature. */
const UNAUTHORIZED = 4401
/** RFC 6455: the service restarts. */
const RESTART = 1012
const LONGEST_MESSAGE = 4096

/** `take` is for the server's `upgrade` event. */
export function openLive(auth) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE })
  return {
    take(request, socket, head) {
      socket.on('error', () => socket.destroy())
      const token = tokenOf(request.headers.authorization)
      auth.verify(token).then(
        (session) => {
          if (request.url.split('?')[0] !== PATH) return socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')
          sockets.handleUpgrade(request, socket, head, (open) => converse(open, token, session))
        },
        (error) => socket.end(`HTTP/1.1 ${isAuthError(error) ? error.status : 500} Refused\r\nconnection: close\r\n\r\n`),
      )
    },
    close() {
      for (const open of sockets.clients) open.terminate()
      sockets.close()
    },
  }

  function converse(open, token, { uid, sessionId }) {
    open.on('error', () => open.terminate())
    open.send(JSON.stringify({ hello: uid, session: sessionId }))
    open.on('message', async (data) => {
      try {
        await auth.verify(token)
      } catch {
        return open.close(UNAUTHORIZED, 'session ended')
      }
      // The one word that is no talk: the demo's way to lose a connection.
      if (data.toString() === '/restart') return open.close(RESTART, 'restart')
      open.send(JSON.stringify({ echo: data.toString() }))
    })
  }
}
