import type { IncomingMessage } from 'node:http'

/** DNS rebinding: a web page may point its own name at 127.0.0.1, but it cannot change the Host header that goes with it. */
export function isOurHost({ headers }: IncomingMessage, bound: string): boolean {
  const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name) || name === bound.toLowerCase() || name === 'api.weixin.qq.com'
}

/** A web page elsewhere may send a POST, or open a WebSocket, to a loopback address; browsers put its Origin on it. */
export function isOtherSite({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin !== undefined && origin !== `http://${host}`
}
