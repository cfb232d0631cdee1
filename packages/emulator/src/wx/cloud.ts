import { maskBody } from '../masking.js'
import type { Settle, WxCall, WxResult } from './callback.js'
import type { DeviceContext } from './device-context.js'
import { carry } from './network-task.js'
import { prepare, readData } from './request.js'

/** Options of wx.cloud.callContainer. */
export interface ContainerOptions {
  readonly config?: { readonly env?: string }
  readonly path: string
  readonly method?: string
  /** `X-WX-SERVICE` names the service. */
  readonly header?: object
  readonly data?: unknown
  /** ms. Default: 60 000. */
  readonly timeout?: number
  readonly dataType?: string
  readonly responseType?: string
  /** Default: true. */
  readonly followRedirect?: boolean
}

/** What wx.cloud.callContainer gives for any HTTP status. */
export interface ContainerResult extends WxResult {
  readonly data: unknown
  readonly statusCode: number
  readonly header: Readonly<Record<string, string>>
  readonly callID: string
}

/** The emulated part of `wx.cloud`. */
export interface CloudApis {
  init(options?: object): void
  callContainer: WxCall<ContainerOptions, ContainerResult>
}

/** wx.cloud of one device; `containers` leads from `env/service` to the address where the service really is. */
export function createCloud(device: DeviceContext, containers: Readonly<Record<string, string>>): CloudApis {
  return {
    init: () => undefined,
    callContainer: ((options: ContainerOptions) => device.caller.call<Omit<ContainerResult, 'errMsg'>>('cloud.callContainer', { timeout: DEFAULT_TIMEOUT, ...options }, (settle) => send(options, device, containers, settle))) as CloudApis['callContainer'],
  }
}

/** ms. */
const DEFAULT_TIMEOUT = 60_000

function send(options: ContainerOptions, device: DeviceContext, containers: Readonly<Record<string, string>>, settle: Settle<Omit<ContainerResult, 'errMsg'>>): (() => void) | undefined {
  const given = Object.fromEntries(Object.entries(options.header ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]))
  const env = options.config?.env ?? ''
  const key = `${env}/${given['x-wx-service'] ?? ''}`
  const address = Object.hasOwn(containers, key) ? containers[key] : undefined
  const origin = `https://${key.replace('/', '.')}.container.test`
  const request = prepare({ ...options, url: origin + options.path, header: given, redirect: options.followRedirect === false ? 'manual' : 'follow' }, device)
  if (address === undefined || request === undefined) {
    settle.fail(request === undefined ? 'method is invalid' : `no service ${JSON.stringify(key)} in "containers" of openDevice`)
    return undefined
  }
  // The gateway alone says who calls: what the program wrote under these names never arrives.
  const own = Object.entries(request.headers).filter(([name]) => !name.startsWith('x-wx-') || name === 'x-wx-service')
  const outgoing = { ...request, domains: { [origin]: address }, headers: { ...Object.fromEntries(own), ...identityOf(device, env) } }
  return carry({ outgoing, shown: maskBody(typeof outgoing.body === 'string' ? outgoing.body : ''), settle, fault: undefined }, device, {
    head: () => undefined,
    done({ statusCode, header }, bytes) {
      settle.ok({ data: readData(bytes, options), statusCode, header, callID: device.wechat.random.bytes(16).toString('hex') })
      return maskBody(bytes.toString('utf8'))
    },
  })
}

function identityOf({ user, wechat: { state } }: DeviceContext, env: string): Record<string, string> {
  const unionid = state.unionidOf(user)
  return {
    'x-wx-openid': state.openidOf(user), 'x-wx-appid': user.appid, ...unionid !== undefined && { 'x-wx-unionid': unionid },
    'x-wx-env': env, 'x-wx-source': 'wx_client', 'x-original-forwarded-for': '127.0.0.1',
  }
}
