import type { Timekeeper } from '../clock.js'
import type { Random } from '../random.js'
import type { AppUser, State } from '../state.js'
import type { TrafficLog } from '../traffic.js'
import { checkPushConfig } from './config.js'
import type { PushConfig } from './config.js'
import { createDelivery } from './delivery.js'
import type { Delivered } from './delivery.js'
import { makePushRequest, makeStamp, makeUrlCheck, readReply } from './envelope.js'
import type { PushReply } from './envelope.js'
import { makeUserEvent } from './event.js'
import type { PushEvent, PushMessage } from './event.js'

/** One try to deliver an event: what the back end answered, or why there was no answer. */
export type PushAttempt = { readonly status: number, readonly reply: PushReply } | { readonly failure: string }

/** What became of a pushed event. */
export interface PushReport {
  /** Whether the back end answered a try with a status of 200 to 299. */
  readonly delivered: boolean
  readonly attempts: readonly PushAttempt[]
}

/** What became of the console's look at an address. */
export interface PushUrlReport {
  /** Whether the back end answered `echostr` as it stands. */
  readonly ok: boolean
  readonly status?: number
  readonly body?: string
  readonly failure?: string
}

/** WeChat's message push. */
export interface Push {
  /** Tells an app's back end of a user's event, up to three times. Rejects with a TypeError when the app has no `push`, or app, person or event make no sense. */
  event(event: PushEvent): Promise<PushReport>
  /** The same with a message of its own. */
  message(user: AppUser, message: PushMessage): Promise<PushReport>
  /** The console's look at the address: a GET that must answer `echostr`. Rejects with a TypeError when the app has no `push`. */
  checkUrl(appid: string, config?: PushConfig): Promise<PushUrlReport>
  close(): void
}

interface Parts {
  readonly state: State
  readonly clock: Timekeeper
  readonly random: Random
  readonly traffic: TrafficLog
}

/** Pushes go out through real HTTP; their timeouts follow `clock`. */
export function createPush({ state, clock, random, traffic }: Parts): Push {
  const delivery = createDelivery(clock)
  let closed = false

  function configOf(appid: string): PushConfig {
    const push = state.findApp(appid)?.push
    if (push === undefined || push === null) throw new TypeError(`push: ${state.findApp(appid) === undefined ? `unknown appid ${JSON.stringify(appid)}` : `app ${appid} has no "push": {url, token, mode, format}`}`)
    checkPushConfig(push)
    return push
  }

  async function attempt(config: PushConfig, { appid, person }: AppUser, message: PushMessage, number: number): Promise<PushAttempt> {
    const { url, type, body } = makePushRequest(config, appid, message, makeStamp(clock.now(), random))
    const note = { from: 'wechat', to: 'server', name: `POST ${config.url}`, appid, person } as const
    const answered = traffic.note({ ...note, detail: { push: message, mode: config.mode, format: config.format, attempt: number, query: queryOf(url) } })
    const result = toAttempt(await delivery.send({ method: 'POST', url, type, body, timeoutMs: config.timeoutMs ?? 5000 }), config, appid)
    answered(isDelivered(result), 'failure' in result ? { reason: result.failure } : { statusCode: result.status, reply: result.reply })
    return result
  }

  async function message(user: AppUser, content: PushMessage): Promise<PushReport> {
    const config = configOf(user.appid)
    const attempts: PushAttempt[] = []
    while (attempts.length < (config.tries ?? 3) && !closed) {
      const last = await attempt(config, user, content, attempts.length + 1)
      attempts.push(last)
      if (isDelivered(last)) return { delivered: true, attempts }
    }
    return { delivered: false, attempts }
  }

  return {
    message,
    event: async (event) => message(event, makeUserEvent(event, state.openidOf(event), clock.now())),
    async checkUrl(appid, config = configOf(appid)) {
      checkPushConfig(config)
      const echostr = String(random.bytes(8).readBigUInt64BE())
      const url = makeUrlCheck(config, makeStamp(clock.now(), random), echostr)
      const answered = traffic.note({ from: 'wechat', to: 'server', name: `GET ${config.url}`, appid, detail: { query: queryOf(url) } })
      const result = await delivery.send({ method: 'GET', url, timeoutMs: config.timeoutMs ?? 5000 })
      const ok = 'body' in result && result.status === 200 && result.body === echostr
      answered(ok, 'failure' in result ? { reason: result.failure } : { statusCode: result.status })
      return { ok, ...result }
    },
    close() {
      closed = true
      delivery.close()
    },
  }
}

const isDelivered = (attempt: PushAttempt): boolean => 'status' in attempt && attempt.status >= 200 && attempt.status <= 299

const toAttempt = (result: Delivered, config: PushConfig, appid: string): PushAttempt =>
  'failure' in result ? result : { status: result.status, reply: readReply(result.body, config, appid) }

const queryOf = (url: string): Record<string, string> => Object.fromEntries(new URL(url).searchParams)
