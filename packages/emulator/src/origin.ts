import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { TLSSocket } from 'node:tls'

/** Names of WeChat's own, for SDKs that cannot be told another. */
export const WECHAT_HOSTS: readonly string[] = ['api.weixin.qq.com', 'qyapi.weixin.qq.com']

/** Addresses that stand for all of the machine's. */
const WILDCARDS = ['0.0.0.0', '::']

/** DNS rebinding: a web page may point its own name at 127.0.0.1, but it cannot change the Host header that goes with it. */
export function isOurHost({ headers }: IncomingMessage, bound: string): boolean {
  const name = (headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name) || name === bound.toLowerCase() || WECHAT_HOSTS.includes(name)) return true
  // An address is nobody's name to point elsewhere.
  return WILDCARDS.includes(bound) && (isIP(name) !== 0 || name === hostname().toLowerCase())
}

/**
 * A web page elsewhere may send a request, or open a WebSocket, to a loopback address. Browsers put its Origin on a POST,
 * and on a GET at least whose it is; a link that leads to our page is welcome.
 */
export function isOtherSite({ url = '/', headers, socket }: IncomingMessage): boolean {
  const { origin, host, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers
  if (origin !== undefined) return origin !== `${socket instanceof TLSSocket ? 'https' : 'http'}://${host}`
  const isElsewhere = site === 'cross-site' || site === 'same-site'
  return isElsewhere && !(mode === 'navigate' && url.split('?', 1)[0] === '/')
}
