import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AuthOptions } from '@tongxing/server'

const DIST = path.join(path.dirname(createRequire(import.meta.url).resolve('@tongxing/server/package.json')), 'dist')

/** A built module of the server, as the source of another process imports it: quoted. */
export const moduleOf = (file: string): string => JSON.stringify(pathToFileURL(path.join(DIST, file)).href)

/** A server in a process of its own, with its admin listener and without limits per address. */
export interface ServerProcess {
  readonly url: string
  readonly adminUrl: string
  /** Lets it close; resolves when it is gone. */
  close(): Promise<void>
}

/** Starts a server; resolves when it listens. @param options must be JSON: the clock is the machine's own. */
export async function startServerProcess(options: AuthOptions): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', `
    import { createAuth, serve, serveAdmin } from ${moduleOf('index.js')}
    const silent = { debug() {}, info() {}, warn() {}, error() {} }
    const auth = await createAuth({ ...${JSON.stringify(options)}, log: silent })
    const services = [await serve(auth, { port: 0, limits: false, idleGraceMs: 0 }), await serveAdmin(auth, { port: 0 })]
    process.stdin.resume().once('end', async () => {
      for (const service of services) await service.close()
      await auth.close()
    })
    console.log(JSON.stringify(services.map(({ url }) => url)))`], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))
    child.once('exit', (exit) => reject(new Error(`the server ended with ${exit} before it listened`)))
  })
  const [url, adminUrl] = JSON.parse(said) as [string, string]
  return {
    url, adminUrl,
    close: () => {
      child.stdin.end()
      return ended
    },
  }
}
