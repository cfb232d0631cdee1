/** Where a request goes: the address on this machine's network, or why it goes nowhere. */
export type Address = { readonly url: URL } | { readonly reason: string, readonly errno: number }

const ORIGIN = /^(https?:\/\/[^/?#]+)(.*)$/is
const SOCKET_ORIGIN = /^(wss?:\/\/[^/?#:]+)(:\d+)?(.*)$/is

/**
 * Finds the address behind a public URL. Origins are compared as text: a listed domain without a port does not cover `:443`,
 * and a parent domain does not cover its subdomains.
 */
export function findAddress(url: unknown, domains: Readonly<Record<string, string>>, checkDomains: boolean): Address {
  const match = typeof url === 'string' ? ORIGIN.exec(url) : null
  if (match === null) return invalid(url)
  const [, origin = '', rest = ''] = match
  const listed = findListed([origin], domains)
  return listed === undefined && checkDomains ? NOT_LISTED : addressAt(listed ?? origin, rest, url)
}

/** As findAddress, for WebSockets: a listed domain without a port covers any port. */
export function findSocketAddress(url: unknown, domains: Readonly<Record<string, string>>, checkDomains: boolean): Address {
  const match = typeof url === 'string' ? SOCKET_ORIGIN.exec(url) : null
  if (match === null) return invalid(url)
  const [, host = '', port = '', rest = ''] = match
  const listed = findListed([host + port, host], domains)
  return listed === undefined && checkDomains ? NOT_LISTED : addressAt(listed ?? host + port, rest, url)
}

/** Domains of requests as domains of sockets: https → wss, http → ws, on both sides. */
export function asSocketDomains(domains: Readonly<Record<string, string>>): Record<string, string> {
  const asSocket = (origin: string): string => origin.replace(/^http/i, 'ws')
  return Object.fromEntries(Object.entries(domains).map(([domain, address]) => [asSocket(domain), asSocket(address)]))
}

const NOT_LISTED: Address = { reason: 'url not in domain list', errno: 600002 }

const invalid = (url: unknown): Address => ({ reason: `invalid url "${String(url)}"`, errno: 600009 })

const withoutSlash = (origin: string): string => origin.replace(/\/$/, '')

function findListed(wanted: readonly string[], domains: Readonly<Record<string, string>>): string | undefined {
  const listed = new Map(Object.entries(domains).map(([domain, address]) => [withoutSlash(domain.toLowerCase()), withoutSlash(address)]))
  return wanted.map((origin) => listed.get(origin.toLowerCase())).find((address) => address !== undefined)
}

function addressAt(origin: string, rest: string, url: unknown): Address {
  const whole = origin + (rest.startsWith('/') ? rest : `/${rest}`)
  return URL.canParse(whole) ? { url: new URL(whole) } : invalid(url)
}
