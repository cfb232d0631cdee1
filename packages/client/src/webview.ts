import type { TicketResponse } from '@tongxing/protocol'
import type { Settings } from './options.js'
import { bodyOf } from './problem.js'
import type { Request } from './transfer.js'

/**
 * The address for a `<web-view>` with a one-time ticket (60 s) for its back end to redeem; never the session itself.
 * Rejects with a `TypeError` unless the address is https and its host is listed in `webviewHosts`, and with `REFUSED` as the server says.
 *
 * ```ts
 * const src = await client.webviewTicket('https://h5.example.com/orders')
 * ```
 */
export type WebviewTicket = (url: string) => Promise<string>

// No user part, no backslash: a browser must find the same host that we find.
const HOST = /^https:\/\/([\w.-]+(?::\d+)?)(?=[/?#]|$)/i

/** `client.webviewTicket`. */
export function createWebviewTicket({ endpoints, webviewHosts }: Settings, request: Request): WebviewTicket {
  return async (url) => {
    const host = HOST.exec(url)
    if (!host || webviewHosts.indexOf(host[1]!.toLowerCase()) < 0) throw new TypeError('webviewTicket: the host is not one of webviewHosts')
    const { ticket } = bodyOf<TicketResponse>(await request({ method: 'POST', url: endpoints.tickets, data: {} }))
    const [page = '', ...fragment] = url.split('#')
    return [`${page}${page.indexOf('?') < 0 ? '?' : '&'}ticket=${encodeURIComponent(ticket)}`].concat(fragment).join('#')
  }
}
