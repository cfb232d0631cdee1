/** What `data` becomes on the way: an addition to the query, or a body. */
export interface Serialised {
  readonly query?: string
  readonly body?: string | Buffer
}

/** WeChat's rules: GET and HEAD put data into the query; forms are encoded; anything else that is an object becomes JSON. */
export function serialise(data: unknown, method: string, contentType: string): Serialised {
  if (data === undefined || data === null) return {}
  if (data instanceof ArrayBuffer) return { body: Buffer.from(data) }
  const isObject = typeof data === 'object'
  if (method === 'GET' || method === 'HEAD') return { query: isObject ? encodeForm(data) : asText(data) }
  if (!isObject) return { body: asText(data) }
  return { body: /x-www-form-urlencoded/i.test(contentType) ? encodeForm(data) : JSON.stringify(data) }
}

function encodeForm(data: object): string {
  return Object.entries(data).map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(asText(value))}`).join('&')
}

/** How a value stands in a query or a form: objects as JSON. */
export function asText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** Adds to the query of a URL, before any fragment. */
export function addQuery(url: string, query: string): string {
  const [address = '', fragment] = url.split('#', 2)
  const joint = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&'
  return address + joint + query + (fragment === undefined ? '' : `#${fragment}`)
}
