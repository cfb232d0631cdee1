import type { ServerResponse } from 'node:http'
import type { TrafficStep } from '../traffic.js'
import type { Wechat } from '../wechat.js'

/** Bytes that may wait for a reader; one that does not read is let go. */
const LONGEST_BACKLOG = 1024 * 1024

/** `GET /_emulator/traffic`: the last steps. */
export function getTraffic({ traffic }: Wechat): unknown {
  return { steps: traffic.list() }
}

/** `GET /_emulator/traffic` with `Accept: text/event-stream`: the steps so far, then each new one, until the reader goes. */
export function streamTraffic(response: ServerResponse, { traffic }: Wechat): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const send = (step: TrafficStep) => { response.write(`id: ${step.id}\ndata: ${JSON.stringify(step)}\n\n`) }
  const sendNext = (step: TrafficStep) => {
    if (response.writableLength > LONGEST_BACKLOG) response.destroy()
    else send(step)
  }
  response.write(': the emulator\'s traffic\n\n')
  traffic.list().forEach(send)
  response.once('close', traffic.subscribe(sendNext))
}

/** `DELETE /_emulator/traffic`: forgets the steps so far. */
export function clearTraffic({ traffic }: Wechat): unknown {
  traffic.clear()
  return { ok: true }
}
