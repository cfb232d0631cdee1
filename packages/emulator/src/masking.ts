/** Longest text that is kept of one value. */
const LONGEST = 300

const HIDDEN = /token$|ticket$|secret$|cookies?$|jwt|session_?key|authorization/i
/** Deeper nesting than any body of WeChat's or ours is not shown. */
const DEEPEST = 50
const CODE = /^(js_)?code$/i
/** Codes of wx.login have 32 characters; error codes are shorter and stay readable. */
const SHORTEST_CODE = 24

/** Keys under which programs store a session as a text. */
const STORED_SECRET = /token|secret|session|jwt|cookie/i

/** A copy that may be shown: secrets, session keys and tokens hidden, codes cut to their first four characters, long texts shortened. */
export function mask(value: unknown, name = '', depth = 0): unknown {
  if (typeof value === 'object' && value !== null && depth >= DEEPEST) return '…'
  if (Array.isArray(value)) return value.map((item) => mask(item, name, depth + 1))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mask(item, key, depth + 1)]))
  }
  if (HIDDEN.test(name)) return /^bearer /i.test(String(value)) ? 'Bearer ***' : '***'
  if (typeof value !== 'string') return value
  if (CODE.test(name) && value.length >= SHORTEST_CODE) return `${value.slice(0, 4)}…`
  return value.length > LONGEST ? `${value.slice(0, LONGEST)}… (${value.length} characters)` : value
}

/**
 * A value of a mini program's storage: a text under a key that speaks of a token is hidden; a JSON text is masked member by member.
 *
 * ```ts
 * for (const key of device.storage.keys()) console.log(key, maskStored(key, device.storage.get(key)))
 * ```
 */
export function maskStored(key: string, data: unknown): unknown {
  if (typeof data !== 'string') return mask(data)
  if (STORED_SECRET.test(key)) return '***'
  if (!/^[[{]/.test(data)) return mask(data)
  try {
    return mask(JSON.parse(data))
  } catch {
    return mask(data)
  }
}

/**
 * A URL with its query masked.
 *
 * ```ts
 * maskUrl('/sns/jscode2session?secret=7c6f5e4d') // the secret is hidden
 * ```
 */
export function maskUrl(url: string): string {
  const [path = '', query] = url.split('?', 2)
  if (query === undefined) return path
  const masked = [...new URLSearchParams(query)].map(([key, value]) => `${key}=${String(mask(value, key))}`)
  return `${path}?${masked.join('&')}`
}

/** A body: JSON is masked member by member; of anything else only the length is told. */
export function maskBody(body: string | undefined): unknown {
  if (body === undefined || body === '') return undefined
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object') return mask(parsed)
  } catch {
    // Not JSON: told by its length below.
  }
  return `(${body.length} characters)`
}
