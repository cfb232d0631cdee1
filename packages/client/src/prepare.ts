import type { Settings } from './options.js'
import type { RequestOptions } from './request.js'

/** A request, checked and copied: the caller may change its objects, and each sending starts from here. */
export interface Plan {
  readonly auth: 'required' | 'optional' | 'none'
  readonly replay: boolean
  readonly onTask: ((task: unknown) => void) | undefined
  /** What wx.request gets, apart from the signature and the callbacks. */
  readonly wx: { readonly header: Readonly<Record<string, string>>, readonly [name: string]: unknown }
}

/** Checks a request and copies it; a mistake is a `TypeError`. */
export function prepare(settings: Settings, options: RequestOptions<never>): Plan {
  const { auth = 'required', replay = true, timeout, onTask, url, header = {}, data } = options
  const problems: string[] = []
  if (auth !== 'none') {
    // A token goes to the own back end only.
    if (isForeign(url, settings.baseURL)) problems.push('another host needs auth: "none"')
    // Two signatures are one too many: which would the server believe?
    const signed = Object.keys(settings.header('')).join().toLowerCase().split(',')
    if (Object.keys(header).some((name) => signed.indexOf(name.toLowerCase()) >= 0)) problems.push(`an own ${signed.join()} needs auth: "none"`)
  }
  if (problems[0]) throw new TypeError(`request: ${problems.join('; ')}`)
  const fields = { url: addressOf(url, settings.baseURL), header: Object.assign({}, header), timeout: timeout! > 0 ? timeout : settings.requestTimeout }
  const wx = Object.assign({}, options as object as Record<string, unknown>, fields)
  for (const name of ['auth', 'replay', 'onTask', 'complete']) delete wx[name]
  // wx.request serialises when it is called; ours may be called later, and twice. Anything but a plain object stays as it is.
  if (isPlain(data)) wx.data = Object.assign({}, data)
  return { auth, replay, onTask, wx }
}

// An instance would lose what its class gives it, such as a toJSON.
function isPlain(data: unknown): data is object {
  const prototype: unknown = data && Object.getPrototypeOf(data)
  return prototype === Object.prototype || (!!data && prototype === null)
}

const ABSOLUTE = /^\w[\w+.-]*:/

/** True for an address of another host. `https://api.example.com.evil.test` does not pass for `https://api.example.com`. */
export function isForeign(url: string, baseURL: string): boolean {
  return ABSOLUTE.test(url) && `${url}/`.indexOf(`${baseURL}/`) !== 0
}

/** The address that a path means; a path can never change the host. */
export function addressOf(url: string, baseURL: string): string {
  return ABSOLUTE.test(url) ? url : `${baseURL}/${url.replace(/^\//, '')}`
}
