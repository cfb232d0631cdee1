import type { ServerResponse } from 'node:http'
import type { TrafficStep } from '../traffic.js'
import type { Wechat } from '../wechat.js'

/** `GET /_emulator/traffic`: the last steps. */
export function getTraffic({ traffic }: Wechat): unknown {
  return { steps: traffic.list() }
}

/** `GET /_emulator/traffic` with `Accept: text/event-stream`: the steps so far, then each new one, until the reader goes. */
export function streamTraffic(response: ServerResponse, { traffic }: Wechat): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const send = (step: TrafficStep) => response.write(`id: ${step.id}\ndata: ${JSON.stringify(step)}\n\n`)
  response.write(': the emulator\'s traffic\n\n')
  traffic.list().forEach(send)
  response.once('close', traffic.subscribe(send))
}

/** `DELETE /_emulator/traffic`: forgets the steps so far. */
export function clearTraffic({ traffic }: Wechat): unknown {
  traffic.clear()
  return { ok: true }
}
