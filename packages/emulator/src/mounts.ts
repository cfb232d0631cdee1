import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { isOtherSite } from './origin.js'

/** Answers requests on the emulator's own port. Requests of other web sites never get here, but for `open`. */
export interface MountedHandler {
  /** Paths that a page of any web site may load: a script that tells nothing of this machine. */
  readonly open?: readonly string[]
  /** Must answer, errors included. */
  request(request: IncomingMessage, response: ServerResponse): void
  /** A WebSocket that wants to be opened. Absent: refused. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** The emulator ends: sockets taken over by `upgrade` must be closed. */
  close?(): void
}

/** What is mounted on the emulator's port besides WeChat's API and the control API. */
export interface Mounts {
  /** Everything at `prefix` and below it; `/` is that page alone. Returns the undo. Throws TypeError on a prefix that is taken or malformed. */
  add(prefix: string, handler: MountedHandler): () => void
  /** False: nothing is mounted there. */
  request(path: string, request: IncomingMessage, response: ServerResponse): boolean
  upgrade(path: string, request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): void
}

/** Nothing is mounted at first. */
export function createMounts(): Mounts {
  const handlers = new Map<string, MountedHandler>()
  const find = (path: string): MountedHandler | undefined =>
    [...handlers].find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1]

  return {
    add(prefix, handler) {
      if (!/^\/[\w/-]*$/.test(prefix)) throw new TypeError(`mount: "${prefix}" must begin with / and hold letters, digits, - and _`)
      if (handlers.has(prefix)) throw new TypeError(`mount: "${prefix}" is taken`)
      handlers.set(prefix, handler)
      return () => { handlers.delete(prefix) }
    },
    request(path, request, response) {
      const handler = find(path)
      if (handler === undefined) return false
      if (isOtherSite(request) && handler.open?.includes(path) !== true) response.writeHead(403).end(`requests from the web page ${request.headers.origin ?? 'of another site'} are refused`)
      else handler.request(request, response)
      return true
    },
    upgrade(path, request, socket, head) {
      const handler = find(path)
      if (handler?.upgrade === undefined || isOtherSite(request)) socket.destroy()
      else handler.upgrade(request, socket, head)
    },
    close() {
      for (const handler of new Set(handlers.values())) handler.close?.()
      handlers.clear()
    },
  }
}
