import { connect } from 'node:net'
import { maskUrl } from '#emulator'
import type { Emulator } from '#emulator'
import type { WebPage } from '#phone-host'
import { findPlace } from './place.js'
import type { Phone } from './phones.js'

/** ms until a server counts as one that does not answer. */
const LONGEST_WAIT = 5000

/** What the page of a <web-view> goes by. */
export interface WebPageContext {
  readonly emulator: Emulator
  readonly appid: string
  readonly businessDomains: Readonly<Record<string, string>>
}

/** Says whether WeChat would show the page, and where it is. The page itself is asked by the browser alone: its address may work only once. */
export async function findWebPage(source: string, { person, network }: Phone, { emulator, appid, businessDomains }: WebPageContext): Promise<WebPage> {
  const place = findPlace(source, businessDomains)
  const page: WebPage = place === undefined ? { refused: 'domain' } : network === 'offline' || !await isServed(place) ? { refused: 'network' } : { address: place.href }
  emulator.traffic.noteLocal({ name: 'web-view', appid, person, detail: { url: maskUrl(source), ...'refused' in page && page } })
  return page
}

/** A frame cannot tell whether it shows a page or the browser's own message that there is none. */
function isServed({ protocol, hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port), timeout: LONGEST_WAIT })
    const end = (served: boolean) => (): void => {
      socket.destroy()
      resolve(served)
    }
    socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false))
  })
}
