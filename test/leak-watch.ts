import { subscribe } from 'node:diagnostics_channel'
import { readFileSync, readdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import path from 'node:path'

/** Listens to what is sent from a port of this process. */
type Listener = (bytes: Buffer) => void

const listeners = new Map<number, Listener>()

// Every connection that a server of this process accepts.
subscribe('net.server.socket', (message) => {
  const { socket } = message as { socket: Socket }
  const listen = listeners.get(socket.localPort ?? 0)
  if (!listen) return
  // `end` writes by a way of its own: what is answered to a broken request comes so.
  for (const method of ['write', 'end'] as const) {
    const send = socket[method].bind(socket) as (...words: unknown[]) => never
    socket[method] = (chunk?: unknown, ...more: unknown[]) => {
      if (typeof chunk === 'string') listen(Buffer.from(chunk, more[0] as BufferEncoding | undefined))
      else if (chunk instanceof Uint8Array) listen(Buffer.from(chunk))
      return send(chunk, ...more)
    }
  }
})

/** A whole stage under observation: what WeChat gave our servers to keep, and everything that they sent, logged and stored. */
export interface LeakWatch {
  /** Secrets that the emulated WeChat sends from here. */
  wechat(url: string): void
  /** A server of ours. */
  server(url: string): void
  /** Ends the watch, and throws when a secret stands where it must not, naming both. Call it when the servers have ended, and their files are still there. */
  check(parts: { readonly appSecrets: readonly string[], readonly logs: readonly string[], readonly dataDir: string }): void
}

const GIVEN = /"(?:session_key|access_token)":"([^"\\]{12,})"/g
const TOKEN = /txs_[A-Za-z0-9_-]{136}/g
// A fuzz sends thousands: the first and the last of each kind stand for them.
const MOST_EACH_WAY = 3
const MOST_BYTES = 8 * 1024 * 1024

export function watchLeaks(): LeakWatch {
  const given = new Set<string>()
  const tokens = new Set<string>()
  const sent: Buffer[] = []
  const ends: (() => void)[] = []
  let bytes = 0

  // A worker outlives its files: what was heard must not stay with it, and the port may be another's by then.
  function listenAt(url: string, listener: Listener): void {
    const port = Number(new URL(url).port)
    listeners.set(port, listener)
    ends.push(() => { if (listeners.get(port) === listener) listeners.delete(port) })
  }

  return {
    wechat: (url) => listenAt(url, (chunk) => {
      for (const [, secret] of chunk.toString('latin1').matchAll(GIVEN)) given.add(secret!)
    }),
    server: (url) => listenAt(url, (chunk) => {
      for (const [token] of chunk.toString('latin1').matchAll(TOKEN)) tokens.add(token)
      bytes += chunk.length
      if (bytes <= MOST_BYTES) sent.push(chunk)
    }),
    check({ appSecrets, logs, dataDir }) {
      for (const end of ends) end()
      const files = filesOf(dataDir)
      const keys = files.filter(({ name }) => name === 'keys.json').flatMap(({ content }) => sealingKeysOf(content))
      const kept = [...files.filter(({ name }) => name !== 'keys.json'), { name: 'the log', content: Buffer.from(logs.join('')) }]
      const secrets = [...appSecrets, ...keys, ...someOf(given)]
      demandAbsent(secrets, [...kept, { name: 'what was sent', content: Buffer.concat(sent) }])
      demandAbsent(someOf(tokens), kept)
    },
  }
}

function someOf(all: ReadonlySet<string>): string[] {
  const list = [...all]
  return list.length <= 2 * MOST_EACH_WAY ? list : [...list.slice(0, MOST_EACH_WAY), ...list.slice(-MOST_EACH_WAY)]
}

interface Place { readonly name: string, readonly content: Buffer }

function filesOf(folder: string): Place[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return found.map((entry) => ({ name: entry.name, content: readFileSync(path.join(entry.parentPath, entry.name)) }))
}

function sealingKeysOf(file: Buffer): string[] {
  return [...file.toString().matchAll(/[A-Za-z0-9+/_-]{43}=?/g)].map(([key]) => key)
}

function demandAbsent(secrets: readonly string[], places: readonly Place[]): void {
  for (const secret of secrets) {
    for (const spelling of spellingsOf(secret)) {
      const place = places.find(({ content }) => content.includes(spelling))
      if (place) throw new Error(`a secret (${secret.slice(0, 4)}…) stands in ${place.name}, spelt ${spelling.toString('latin1').slice(0, 6)}…`)
    }
  }
}

// As it is, the bytes behind it, and those in hex; a shorter one would be found by chance.
function spellingsOf(secret: string): Buffer[] {
  const decoded = Buffer.from(secret.replace(/^txs_/, ''), /^[0-9a-f]+$/.test(secret) ? 'hex' : 'base64')
  return [Buffer.from(secret), decoded, Buffer.from(decoded.toString('hex')), Buffer.from(decoded.toString('base64url'))].filter(({ length }) => length >= 12)
}
