import { within } from './within.js'

/** How WeChat's server API is reached. */
export interface WechatOptions {
  /** Default: `https://api.weixin.qq.com`. Other hosts than WeChat's need `emulator: true`. */
  readonly baseURL?: string
  /** Talk to an emulator: loopback only, emulator AppIDs (`wxemu…`) only, never with NODE_ENV=production. Default: false. */
  readonly emulator?: boolean
  /** Deadline of one call, in ms. Default: 2_500. */
  readonly timeoutMs?: number
  /** Most calls of one app under way at once. Default: 256. */
  readonly connections?: number
  /** Most calls of one app that wait for one under way to end; beyond it callers get `overloaded`. Default: 1_024. */
  readonly queue?: number
  /** How long one app's calls of an API rest, in ms, when WeChat says that their quota is used up (45009); never beyond midnight in China. Default: 3_600_000. */
  readonly quotaRetryMs?: number
}

/** How WeChat is reached, checked. */
export interface WechatConfig {
  readonly baseURL: string
  readonly timeoutMs: number
  readonly connections: number
  readonly queue: number
  readonly quotaRetryMs: number
}

const WECHAT_HOST = /^[a-z0-9.]+\.weixin\.qq\.com$/
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Checks the way to WeChat: its own hosts, or an emulator on loopback and never in production. */
export function checkWechat(options: WechatOptions, production: boolean, problems: string[]): WechatConfig {
  const baseURL = options.baseURL ?? 'https://api.weixin.qq.com'
  const url = URL.canParse(baseURL) ? new URL(baseURL) : null
  if (!url) problems.push('"wechat.baseURL" (WECHAT_BASE_URL) must be a URL')
  else if (options.emulator) {
    if (!/^https?:$/.test(url.protocol)) problems.push('"wechat.baseURL" (WECHAT_BASE_URL) must be http or https')
    if (!LOOPBACK.test(url.hostname)) problems.push('"wechat.baseURL" (WECHAT_BASE_URL) must be a loopback address when talking to an emulator')
    if (production) problems.push('"wechat.emulator" (WECHAT_EMULATOR) is refused with NODE_ENV=production')
  } else if (url.protocol !== 'https:' || !WECHAT_HOST.test(url.hostname)) {
    problems.push('"wechat.baseURL" (WECHAT_BASE_URL) must be https and a host of weixin.qq.com; for an emulator set wechat.emulator (WECHAT_EMULATOR=1)')
  }
  return {
    baseURL,
    timeoutMs: within('wechat.timeoutMs', options.timeoutMs ?? 2500, 10, 60_000, problems),
    connections: within('wechat.connections', options.connections ?? 256, 1, 4096, problems),
    queue: within('wechat.queue', options.queue ?? 1024, 0, 100_000, problems),
    quotaRetryMs: within('wechat.quotaRetryMs', options.quotaRetryMs ?? 3_600_000, 1000, 86_400_000, problems),
  }
}
