import { Pool } from 'undici'
import type { Dispatcher } from 'undici'
import { AuthError } from '../errors.js'
import { spreadRetryAfter } from '../retry-after.js'

/** The way to WeChat's server API. */
export interface Upstream {
  /**
   * One GET. Resolves with the body's text, whatever status and content type: `/sns/*` sends JSON as text/plain, errors with 200.
   * Never sends a request twice. Throws `wx_unavailable` (retry_later) when the request certainly did not leave,
   * `wx_timeout`, `wx_bad_response` or `wx_unavailable` (relogin) when it may have.
   */
  get(path: string, query: Query): Promise<string>
  /** One POST of JSON; the same otherwise. */
  post(path: string, query: Query, body: object): Promise<string>
  close(): Promise<void>
}

/** Query parameters. */
export type Query = Readonly<Record<string, string>>

/** How WeChat is reached. */
export interface UpstreamOptions {
  readonly baseURL: string
  /** Deadline of a whole call, in ms. */
  readonly timeoutMs: number
  /** Most calls under way at once. */
  readonly connections: number
}

const CONNECT_TIMEOUT_MS = 1000
/** An idle socket that a middlebox dropped silently must not be used again (node-webot/wechat-api#194). */
const SOCKET_IDLE_MS = 60_000
const LARGEST_BODY_BYTES = 64 * 1024

// Failures while connecting: the request, and with it the code, has not left.
const NEVER_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/

export function createUpstream({ baseURL, timeoutMs, connections }: UpstreamOptions): Upstream {
  const base = new URL(baseURL)
  const prefix = base.pathname.replace(/\/$/, '')
  // Undici's own time limits are off: each counts anew for a part of a call, and the deadline is that of the whole.
  const pool = new Pool(base.origin, {
    connections,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    keepAliveMaxTimeout: SOCKET_IDLE_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
  })

  async function call(path: string, query: Query, body?: object): Promise<string> {
    try {
      const { status, text } = await exchange(pool, timeoutMs, {
        // URLSearchParams, never text pasted together: a code like "x&appid=…" must stay one parameter.
        path: `${prefix}${path}?${new URLSearchParams(query).toString()}`,
        ...(body ? { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) } : { method: 'GET', headers: HEADERS }),
      })
      if (status >= 500) throw new AuthError('wx_unavailable', { action: 'relogin', retryAfter: spreadRetryAfter(1), cause: new Error(`WeChat answered with status ${status}`) })
      return text
    } catch (error) {
      throw errorOfFailure(error)
    }
  }

  return { get: (path, query) => call(path, query), post: call, close: () => pool.destroy() }
}

const HEADERS = { accept: 'application/json' }
const JSON_HEADERS = { ...HEADERS, 'content-type': 'application/json' }

class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

// `dispatch`, which `request` is built on: a stream and an abort signal for each answer of 200 bytes cost more than all the rest of the call.
function exchange(pool: Pool, timeoutMs: number, request: Dispatcher.DispatchOptions): Promise<{ status: number, text: string }> {
  return new Promise((resolve, reject) => {
    let sent: Dispatcher.DispatchController | undefined
    let late: DeadlineError | undefined
    let status = 0
    let size = 0
    const chunks: Buffer[] = []
    const timer = setTimeout(() => {
      late = new DeadlineError()
      sent?.abort(late)
      reject(late)
    }, timeoutMs)
    pool.dispatch(request, {
      onRequestStart(controller) {
        sent = controller
        if (late) controller.abort(late)
      },
      onResponseStart(_controller, statusCode) {
        status = statusCode
      },
      onResponseData(controller, chunk) {
        size += chunk.length
        if (size > LARGEST_BODY_BYTES) controller.abort(new AuthError('wx_bad_response', { cause: new Error(`WeChat's answer exceeds ${LARGEST_BODY_BYTES} bytes`) }))
        else chunks.push(chunk)
      },
      onResponseEnd() {
        clearTimeout(timer)
        resolve({ status, text: Buffer.concat(chunks).toString('utf8') })
      },
      onResponseError(_controller, error) {
        clearTimeout(timer)
        reject(error)
      },
    })
  })
}

function errorOfFailure(error: unknown): unknown {
  if (error instanceof AuthError) return error
  const { code = '', name = '' } = error as { code?: string, name?: string }
  if (name === 'DeadlineError') return new AuthError('wx_timeout', { cause: causeOf(error) })
  if (NEVER_SENT.test(code)) return new AuthError('wx_unavailable', { retryAfter: spreadRetryAfter(1), cause: causeOf(error) })
  return new AuthError('wx_unavailable', { action: 'relogin', retryAfter: spreadRetryAfter(1), cause: causeOf(error) })
}

// undici's errors may hold the request, and its query the AppSecret: only name and code go on.
function causeOf(error: unknown): Error {
  const { code, name } = error as { code?: string, name?: string }
  return new Error(`call to WeChat failed: ${code ?? name ?? 'unknown'}`)
}
