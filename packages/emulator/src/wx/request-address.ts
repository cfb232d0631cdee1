/** Where a request goes: the address on this machine's network, or why it goes nowhere. */
export type Address = { readonly url: URL } | { readonly reason: string, readonly errno: number }

const ORIGIN = /^(https?:\/\/[^/?#]+)(.*)$/is

/**
 * Finds the address behind a public URL. Origins are compared as text: a listed domain without a port does not cover `:443`,
 * and a parent domain does not cover its subdomains.
 */
export function findAddress(url: unknown, domains: Readonly<Record<string, string>>, checkDomains: boolean): Address {
  const match = typeof url === 'string' ? ORIGIN.exec(url) : null
  if (match === null) return { reason: `invalid url "${String(url)}"`, errno: 600009 }
  const [, origin = '', rest = ''] = match
  const wanted = origin.toLowerCase()
  const listed = Object.entries(domains).find(([domain]) => domain.toLowerCase().replace(/\/$/, '') === wanted)
  if (listed === undefined && checkDomains) return { reason: 'url not in domain list', errno: 600002 }
  try {
    return { url: new URL((listed?.[1].replace(/\/$/, '') ?? origin) + (rest.startsWith('/') ? rest : `/${rest}`)) }
  } catch {
    return { reason: `invalid url "${String(url)}"`, errno: 600009 }
  }
}
