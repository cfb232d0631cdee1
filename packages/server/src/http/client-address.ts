import { BlockList, isIP } from 'node:net'

/** The address that limits count by, or null when nobody can tell it. */
export type ClientAddress = (peer: string | undefined, forwardedFor: string | undefined) => string | null

/**
 * With `trustedProxies`, X-Forwarded-For is read from the right, through proxies that are trusted, to the first address that is not:
 * what stands further left, the client may have written himself. Without it, a request that was forwarded has no address here:
 * a limit on the proxy's own would be an outage for everybody behind it.
 * @param onUntrusted called at each forwarded request while no proxy is trusted.
 */
export function createClientAddress(trustedProxies: readonly string[] | undefined, onUntrusted: () => void): ClientAddress {
  if (trustedProxies === undefined) {
    return (peer, forwardedFor) => {
      if (forwardedFor === undefined) return peer === undefined ? null : keyOf(peer)
      onUntrusted()
      return null
    }
  }
  const isTrusted = createTrust(trustedProxies)
  return (peer, forwardedFor) => {
    if (peer === undefined) return null
    const hops = (forwardedFor ?? '').split(',').map((hop) => withoutPort(hop.trim())).reverse()
    let address = peer
    for (const hop of hops) {
      if (!isTrusted(address) || isIP(hop) === 0) break
      address = hop
    }
    return keyOf(address)
  }
}

/** Every entry that is neither an address nor an address range such as `10.0.0.0/8`. */
export function wrongProxies(trustedProxies: readonly string[]): readonly string[] {
  return trustedProxies.filter((entry) => {
    const [address = '', bits, ...rest] = entry.split('/')
    const most = isIP(address) === 6 ? 128 : 32
    return isIP(address) === 0 || rest.length > 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  })
}

function createTrust(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => {
    const plain = unmapped(address)
    return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
  }
}

// One subscriber has a whole /64 of IPv6: counting single addresses would let him take a new one for each request.
function keyOf(address: string): string {
  const plain = unmapped(address)
  if (isIP(plain) !== 6) return plain
  return `${expanded(plain).slice(0, 4).join(':')}::/64`
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

function unmapped(address: string): string {
  const [plain = ''] = address.split('%')
  const [, dotted] = MAPPED.exec(plain) ?? []
  if (dotted !== undefined) return dotted
  if (isIP(plain) !== 6) return plain
  const words = expanded(plain)
  if (words.slice(0, 5).some((word) => word !== '0') || words[5] !== 'ffff') return plain
  const [high = 0, low = 0] = words.slice(6).map((word) => Number.parseInt(word, 16))
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

// All eight words, without leading zeros, so that two spellings of one address are one key.
function expanded(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::')
  const words = (part: string): string[] => part.split(':').filter(Boolean).flatMap((word) => (word.includes('.') ? dottedWords(word) : [Number.parseInt(word, 16).toString(16)]))
  const [left, right] = [words(head), words(tail ?? '')]
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
}

function dottedWords(dotted: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number)
  return [(a << 8 | b).toString(16), (c << 8 | d).toString(16)]
}

// `203.0.113.7:4711` and `[2001:db8::1]:4711`: some proxies add the port.
function withoutPort(hop: string): string {
  return /^\[(.+)\](:\d+)?$/.exec(hop)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop
}
