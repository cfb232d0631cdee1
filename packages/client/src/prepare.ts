import { isDuration } from './options.js'
import type { Settings } from './options.js'
import type { TransferOptions } from './transfer.js'
import type { Api, Method } from './wx.js'

/** A request, checked and copied: the caller may change its objects, and each sending starts from here. */
export interface Plan {
  readonly api: Api & ('request' | 'uploadFile' | 'downloadFile')
  /** True when sending it again can do no harm. */
  readonly idempotent: boolean
  readonly auth: 'required' | 'optional' | 'none'
  readonly replay: boolean
  readonly onTask: ((task: unknown) => void) | undefined
  /** What wx.request gets, apart from the signature and the callbacks. */
  readonly wx: { readonly header: Readonly<Record<string, string>>, readonly [name: string]: unknown }
}

/** Checks a call and copies it; a mistake is a `TypeError`. */
export function prepare(settings: Settings, api: Plan['api'], options: TransferOptions<never>): Plan {
  const { auth = 'required', replay = true, timeout, onTask, url, header = {} } = options
  const { method = 'GET' } = options as { method?: Method }
  const demand = (holds: boolean, what: string) => { if (!holds) throw new TypeError(`${api}: ${what}`) }
  demand(timeout !== Infinity, 'a timeout must be finite')
  if (auth !== 'none') {
    // A token goes to the own back end only.
    demand(!isForeign(url, settings.baseURL), 'another host needs auth: "none"')
    // Two signatures are one too many: which would the server believe?
    const signed = Object.keys(settings.header('')).join().toLowerCase().split(',')
    demand(Object.keys(header).every((name) => signed.indexOf(name.toLowerCase()) < 0), `an own ${signed.join()} needs auth: "none"`)
  }
  const wx: Record<string, unknown> & { header: Record<string, string> } = Object.assign(api === 'uploadFile' ? { name: 'file' } : {}, options as object as Record<string, unknown>, {
    url: addressOf(url, settings.baseURL), header: Object.assign({}, header), timeout: isDuration(timeout!) ? timeout : settings.requestTimeout,
  })
  for (const name of ['auth', 'replay', 'onTask', 'complete']) delete wx[name]
  // wx serialises when it is called; ours may be called later, and twice. Anything but a plain object stays as it is.
  for (const name of ['data', 'formData']) if (isPlain(wx[name])) wx[name] = Object.assign({}, wx[name])
  return { api, idempotent: api === 'request' && /^(GET|HEAD)$/i.test(method), auth, replay, onTask, wx }
}

// An instance would lose what its class gives it, such as a toJSON.
function isPlain(data: unknown): data is object {
  const prototype: unknown = !!data && Object.getPrototypeOf(data)
  return prototype === null || prototype === Object.prototype
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
