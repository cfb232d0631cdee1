import type { ServerResponse } from 'node:http'

/** What the open pages are told, as server-sent events. */
export interface Events {
  /** The page gets every event from now on, until it goes. */
  add(response: ServerResponse): (type: string, data: unknown) => void
  send(type: string, data: unknown): void
  close(): void
}

/** Bytes that may wait for a page. One that does not read is let go; it comes back by itself when it does. */
const LONGEST_BACKLOG = 1024 * 1024

/** Nobody listens at first. */
export function createEvents(): Events {
  const pages = new Set<ServerResponse>()
  const print = (type: string, data: unknown): string => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
  return {
    add(response) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      // A restarted emulator is found again within a second.
      response.write('retry: 1000\n\n')
      pages.add(response)
      response.once('close', () => pages.delete(response))
      return (type, data) => { response.write(print(type, data)) }
    },
    send(type, data) {
      if (pages.size === 0) return
      const text = print(type, data)
      for (const page of pages) {
        if (page.writableLength > LONGEST_BACKLOG) page.destroy()
        else page.write(text)
      }
    },
    close() {
      for (const page of pages) page.end()
    },
  }
}
