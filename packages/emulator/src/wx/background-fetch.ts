import { maskBody, maskUrl } from '../masking.js'
import { createDelivery } from '../push/delivery.js'
import type { Delivered } from '../push/delivery.js'
import type { WxCall, WxResult } from './callback.js'
import type { DeviceContext } from './device-context.js'
import { createListeners } from './listeners.js'

/** `pre`: as the mini program is opened; `periodic`: every twelve hours. */
export type FetchType = 'pre' | 'periodic'

/** What was fetched, and for which opening of the mini program. */
export interface FetchedData {
  readonly fetchedData: string
  readonly path: string
  readonly query: string
  readonly scene: number
  /** When the phone got it, in ms since the epoch. */
  readonly timeStamp: number
}

/** What the phone keeps for it; survives relaunches. */
export interface FetchMemory {
  /** What the mini program wants sent in the place of a code. */
  token: string | undefined
  readonly data: Map<FetchType, FetchedData>
}

/** The functions of `wx` about data that WeChat fetches ahead (base library 2.8.0). */
export interface BackgroundFetchApis {
  /** At most 1024 characters. */
  setBackgroundFetchToken: WxCall<{ token: string }, WxResult>
  /** Fails when none was set. */
  getBackgroundFetchToken: WxCall<object, WxResult & { readonly token: string }>
  /** The data of the last time, as long as there are no newer; fails when there are none, as on Android. */
  getBackgroundFetchData: WxCall<{ fetchType: string }, WxResult & FetchedData>
  /** Tells of data that come from now on. */
  onBackgroundFetchData(listener: (result: FetchedData & { readonly fetchType: FetchType }) => void): void
}

/** A fetch ahead. */
export interface PrefetchOptions {
  /** Where the data are, as the console knows it: http or https. */
  readonly url: string
  /** Default: `pre`. */
  readonly fetchType?: FetchType
  /** How the mini program is opened; told with `pre` alone. Default: path and query '', scene 1001. */
  readonly path?: string
  readonly query?: string
  readonly scene?: number
}

/** What came of it: the back end's answer, and whether the phone kept it. */
export type PrefetchReport = Delivered & { readonly kept: boolean }

/** WeChat fetches data of the mini program. Never rejects. */
export type Prefetch = (options: PrefetchOptions) => Promise<PrefetchReport>

/** Characters. */
const LONGEST_TOKEN = 1024
/** Bytes; longer answers are not kept. */
const MOST_DATA = 256 * 1024
/** ms. Not established. */
const TIMEOUT = 60_000
const FROM_RECENT = 1001

/** The functions of one device, and what makes WeChat fetch. */
export function createBackgroundFetch(device: DeviceContext): { readonly apis: BackgroundFetchApis, readonly prefetch: Prefetch } {
  const { caller, memory: { backgroundFetch: memory } } = device
  const listeners = createListeners<FetchedData & { readonly fetchType: FetchType }>()
  const apis: BackgroundFetchApis = {
    setBackgroundFetchToken: ((options) => caller.call<object>('setBackgroundFetchToken', options, (settle) => {
      const token: unknown = options?.token
      if (typeof token !== 'string' || token.length > LONGEST_TOKEN) settle.fail(`parameter error: parameter.token should be a String of at most ${LONGEST_TOKEN} characters`)
      else {
        memory.token = token
        settle.ok({})
      }
      return undefined
    })) as BackgroundFetchApis['setBackgroundFetchToken'],
    getBackgroundFetchToken: ((options) => caller.call<{ readonly token: string }>('getBackgroundFetchToken', options, (settle) => {
      if (memory.token === undefined) settle.fail('token not found')
      else settle.ok({ token: memory.token })
      return undefined
    })) as BackgroundFetchApis['getBackgroundFetchToken'],
    getBackgroundFetchData: ((options) => caller.call<FetchedData>('getBackgroundFetchData', options, (settle) => {
      const found = memory.data.get(options?.fetchType as FetchType)
      if (found === undefined) settle.fail('data not found')
      else settle.ok(found)
      return undefined
    })) as BackgroundFetchApis['getBackgroundFetchData'],
    onBackgroundFetchData: listeners.on,
  }
  return {
    apis,
    async prefetch(options) {
      const { fetchType = 'pre', path = '', query = '', scene = FROM_RECENT } = options
      const answer = await fetchFrom(addressOf({ ...options, fetchType }, device), device)
      if (!('status' in answer) || answer.status !== 200 || Buffer.byteLength(answer.body) > MOST_DATA) return { ...answer, kept: false }
      const fetched = { fetchedData: answer.body, path, query, scene, timeStamp: device.wechat.clock.now() }
      memory.data.set(fetchType, fetched)
      caller.tell(() => listeners.tell({ ...fetched, fetchType }))
      return { ...answer, kept: true }
    },
  }
}

/** Who the user is stands in the mini program's own token; without one WeChat makes a code, as wx.login would, and that may replace the session_key. */
function addressOf({ url, fetchType, path = '', query = '', scene = FROM_RECENT }: PrefetchOptions, device: DeviceContext): string {
  const { memory, user, wechat } = device
  const address = new URL(url)
  const add = (name: string, value: string): void => { address.searchParams.set(name, value) }
  add('appid', user.appid)
  add('timestamp', String(wechat.clock.now()))
  if (memory.backgroundFetch.token !== undefined) add('token', memory.backgroundFetch.token)
  if (fetchType === 'periodic') return address.href
  if (memory.backgroundFetch.token === undefined) {
    memory.session.lastCode = wechat.codes.issue(user)
    add('code', memory.session.lastCode.code)
  }
  for (const [name, value] of Object.entries({ path, query, scene: String(scene) })) add(name, value)
  return address.href
}

async function fetchFrom(url: string, { wechat: { clock, traffic }, user, onEnd }: DeviceContext): Promise<Delivered> {
  const delivery = createDelivery(clock)
  const forget = onEnd(delivery.close)
  const answered = traffic.note({ from: 'wechat', to: 'server', name: `GET ${url.split('?', 1)[0]}`, ...user, detail: { url: maskUrl(url) } })
  const answer = await delivery.send({ method: 'GET', url, timeoutMs: TIMEOUT })
  forget()
  answered('status' in answer && answer.status === 200, 'status' in answer ? { statusCode: answer.status, body: maskBody(answer.body) } : { reason: answer.failure })
  return answer
}
