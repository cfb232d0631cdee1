import { isAuthError } from '../errors.js'
import type { Logger } from '../log.js'
import type { Metrics } from '../metrics.js'
import { readAnswer } from './answer.js'
import { createBreaker } from './breaker.js'
import type { Breaker } from './breaker.js'
import { createBulkhead } from './bulkhead.js'
import { createUpstream } from './upstream.js'
import type { Query, Upstream, UpstreamOptions } from './upstream.js'

/** One app's line to WeChat. What goes wrong on it is that app's alone. */
export interface Line {
  /**
   * One GET; resolves with the JSON object of the answer. Never sends a request twice.
   * Throws what the errcode means, `overloaded`, `wx_unavailable`, `wx_quota_exhausted`, `wx_timeout` or `wx_bad_response`.
   */
  get(path: string, query: Query): Promise<Record<string, unknown>>
  /** One POST of JSON; the same otherwise. */
  post(path: string, query: Query, body: object): Promise<Record<string, unknown>>
}

/** The lines of all apps. */
export interface Lines {
  of(appid: string): Line
  /** What is wrong right now, for the operator; empty when nothing is. */
  troubles(): readonly Trouble[]
  close(): Promise<void>
}

/** An app that cannot talk to WeChat as it should. */
export interface Trouble {
  readonly appid: string
  /** The API's path. */
  readonly api: string
  /** `wx_config_error`: the operator must act. `wx_unavailable` and `wx_quota_exhausted` pass. */
  readonly code: 'wx_config_error' | 'wx_unavailable' | 'wx_quota_exhausted'
  /** WeChat's errcode, when it named one. */
  readonly errcode?: number
}

/** How the lines are laid; the numbers are those of each app. */
export interface LineOptions extends UpstreamOptions {
  /** Most calls that wait. */
  readonly queue: number
  /** How long an API is left alone whose quota is used up, in ms. */
  readonly quotaRetryMs: number
}

export interface LineParts {
  /** Wall time in ms. */
  readonly now: () => number
  readonly log: Logger
  readonly metrics: Pick<Metrics, 'wechat'>
}

/** A line has its own connections, its own queue and its own breaker. */
export function createLines(options: LineOptions, parts: LineParts): Lines {
  const lines = new Map<string, LaidLine>()
  return {
    of(appid) {
      const line = lines.get(appid) ?? layLine(appid, options, parts)
      lines.set(appid, line)
      return line
    },
    troubles: () => [...lines.values()].flatMap((line) => line.troubles()),
    async close() {
      await Promise.all([...lines.values()].map(({ upstream }) => upstream.close()))
    },
  }
}

interface LaidLine extends Line {
  readonly upstream: Upstream
  troubles(): readonly Trouble[]
}

/** The APIs that are called with the AppSecret: elsewhere the same errcodes blame what was sent. */
const WITH_SECRET: ReadonlySet<string> = new Set(['/sns/jscode2session', '/cgi-bin/stable_token'])

function layLine(appid: string, options: LineOptions, { now, log, metrics }: LineParts): LaidLine {
  const upstream = createUpstream(options)
  const bulkhead = createBulkhead(options)
  const breaker = createBreaker({
    now, quotaRetryMs: options.quotaRetryMs,
    onOpen: ({ api, code, until }) => log.warn({ event: 'wechat_cut_off', appid, api, code, until }, 'calls to WeChat are suspended'),
  })
  const faults = new Map<string, Trouble>()

  function learn(api: string, error: unknown): void {
    if (!WITH_SECRET.has(api)) return
    if (!isAuthError(error) || error.code !== 'wx_config_error') {
      if (!isSilence(error)) faults.delete(api)
      return
    }
    const errcode = error.wechat?.errcode
    if (faults.get(api)?.errcode !== errcode) log.error({ event: 'wechat_config_fault', appid, api, wechat: error.wechat }, 'WeChat does not accept the AppID, the AppSecret or this address')
    faults.set(api, { appid, api, code: 'wx_config_error', ...(errcode !== undefined && { errcode }) })
  }

  async function call(path: string, send: () => Promise<string>): Promise<Record<string, unknown>> {
    const api = path.split('?', 1)[0]!
    breaker.demand(api)
    const startedAt = performance.now()
    try {
      const answer = await bulkhead(() => breaker.run(api, async () => readAnswer(await send(), api)))
      metrics.wechat(api, 'ok', performance.now() - startedAt)
      learn(api, null)
      return answer
    } catch (error) {
      metrics.wechat(api, isAuthError(error) ? error.code : 'internal', performance.now() - startedAt)
      learn(api, error)
      throw error
    }
  }

  return {
    upstream,
    get: (path, query) => call(path, () => upstream.get(path, query)),
    post: (path, query, body) => call(path, () => upstream.post(path, query, body)),
    troubles: () => [...faults.values(), ...cutOff(appid, breaker)],
  }
}

// WeChat said nothing about the configuration: neither that it is wrong nor, by going on to the code, that it is right.
function isSilence(error: unknown): boolean {
  return error !== null && !(isAuthError(error) && error.wechat !== undefined)
}

function cutOff(appid: string, breaker: Breaker): Trouble[] {
  return breaker.open().map(({ api, code }) => ({ appid, api, code }))
}
