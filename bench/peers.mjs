// Starts the programs that are compared, each in a process of its own, and loads them from here.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Pool } from 'undici'

export const APP = { appid: 'wxemu0123456789abc', secret: '0123456789abcdef0123456789abcdef' }

/** A server of bench/servers as a child: its address, its CPU time, and its end. */
export async function startServer(name, options = {}) {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tongxing-bench-'))
  const child = fork(new URL(`servers/${name}.mjs`, import.meta.url), [JSON.stringify({ dataDir, app: APP, ...options })], { stdio: ['ignore', 2, 2, 'ipc'] })
  const ask = (question) => new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`${name} ended`))
    child.once('exit', ended)
    child.once('message', (answer) => {
      child.off('exit', ended)
      resolve(answer)
    })
    if (question) child.send(question)
  })
  const { url } = await ask()
  return {
    url,
    /** µs of CPU so far, and the resident memory in bytes. */
    usage: () => ask('usage'),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Sends `total` requests, `parallel` at once; gives seconds, the server's CPU a request in µs, latencies in ms, and what failed. Throws when more failed than `mayFail` allows: a refusal is cheap, and must not count as work. */
export async function load(server, { total, parallel, request, mayFail = 0 }) {
  const pool = new Pool(server.url, { connections: parallel, pipelining: 1 })
  const latencies = []
  let next = 0
  let failed = 0
  const before = await server.usage()
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: parallel }, async () => {
    while (next < total) {
      const at = performance.now()
      const { statusCode, body } = await pool.request(request(next++))
      await body.dump()
      if (statusCode !== 200) failed++
      latencies.push(performance.now() - at)
    }
  }))
  const seconds = (performance.now() - startedAt) / 1000
  const after = await server.usage()
  await pool.close()
  if (failed > mayFail) throw new Error(`${failed} of ${total} requests failed`)
  latencies.sort((a, b) => a - b)
  return { seconds, perSecond: total / seconds, cpu: (after.cpu - before.cpu) / total, rss: after.rss, failed, p50: latencies[latencies.length >> 1], p99: latencies[Math.floor(latencies.length * 0.99)] }
}

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

let codes = 0
/** A login with a code of its own; `people` different persons. */
export const loginRequest = (route, people = Infinity) => () => {
  const n = codes++
  return { method: 'POST', path: route, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ appid: APP.appid, code: `p${n % people}-${n}` }) }
}
