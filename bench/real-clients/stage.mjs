// What the clients run against: an emulator, phones on it, and a back end of a few lines.
import { createServer } from 'node:http'
import { createEmulator } from '@tongxing/emulator'

export const DOMAIN = 'https://api.demo.test'

/** An emulator with one app and one person, and the calls of a path that it was asked. */
export async function openEmulator() {
  const emulator = await createEmulator()
  const [{ appid, secret }] = emulator.apps
  const [{ id: person }] = emulator.people
  const asked = (name) => emulator.traffic.list().filter((step) => step.kind === 'call' && step.name.endsWith(name)).length
  return { emulator, appid, secret, person, asked }
}

/** A back end: `answer({ method, path, headers, body })` gives `[status, json]`. */
export async function openServer(answer) {
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const [status, json] = await answer({ method: request.method, path: request.url.split('?')[0], headers: request.headers, body: Buffer.concat(chunks).toString() })
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) }
}

/** Exchanges a code as any back end does. */
export async function exchange({ emulator, appid, secret }, code) {
  const query = new URLSearchParams({ appid, secret, js_code: code, grant_type: 'authorization_code' })
  return JSON.parse(await (await fetch(`${emulator.url}/sns/jscode2session?${query}`)).text())
}

/** What became of a promise, as a short text. */
export const outcome = (promise) => promise.then((value) => ['ok', value], (error) => ['failed', error instanceof Error ? error.message : JSON.stringify(error)])
