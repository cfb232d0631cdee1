import { createServer } from 'node:net'

let next = 0

/**
 * A free port, for an address that has to be known before anybody listens there.
 * Below those that the system gives to whoever asks for any, and each process has a hundred of its own: nobody is given it in between.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + process.pid % 100 * 100 + next++ % 100
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
