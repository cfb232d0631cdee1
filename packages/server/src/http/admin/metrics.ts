import type { Endpoint } from '../endpoint.js'

/** `GET /metrics`: for Prometheus. It holds no id of a person and asks for no key; the listener is not public. */
export const getMetrics: Endpoint = async (_call, { metrics }) => {
  return { status: 200, bytes: Buffer.from(await metrics.text()), headers: { 'content-type': metrics.contentType } }
}
