import { AuthError } from './errors.js'
import type { AuthErrorCode } from './errors.js'
import { guard } from './events.js'
import type { On } from './events.js'
import type { Login } from './login.js'
import type { Settings } from './options.js'
import { prepare } from './prepare.js'
import type { Plan } from './prepare.js'
import { problemOf } from './problem.js'
import type { SessionState } from './session.js'
import { createSlots } from './slots.js'
import { callWx, stop } from './wx.js'
import type { Method, Task, WxResponse } from './wx.js'

/** Options of a request: wx.request's own (others than these are passed on untouched), and ours. */
export interface RequestOptions<T = unknown> {
  /** A path below `baseURL`, or an address that begins with it. Other addresses only with `auth: 'none'`. */
  readonly url: string
  readonly method?: Method
  readonly data?: string | object | ArrayBuffer
  readonly header?: Readonly<Record<string, string>>
  /** ms. Default: the client's `timeout.request`. */
  readonly timeout?: number
  readonly dataType?: string
  readonly responseType?: 'text' | 'arraybuffer'
  readonly enableChunked?: boolean
  /**
   * `required` (default): waits for a login and signs. `optional`: signs when there is a session, and never starts a login; when the
   * session turns out dead, the request goes once more without it. `none`: neither waits nor signs.
   */
  readonly auth?: 'required' | 'optional' | 'none'
  /** False: never sent twice. A 401 then rejects with a retryable `SESSION_REJECTED`, and the next request logs in. Default: true. */
  readonly replay?: boolean
  /** Gets wx's RequestTask each time the request is sent, for chunks and headers. */
  readonly onTask?: (task: unknown) => void
  readonly success?: (response: WxResponse<T>) => void
  readonly fail?: (error: unknown) => void
  readonly complete?: (result: unknown) => void
}

/** The answer to come; `abort()` rejects it with `ABORTED` and leaves a login that others share alone. */
export type RequestPromise<T> = Promise<WxResponse<T>> & { abort(): void }

/** `client.request`. */
export type Request = <T = unknown>(options: RequestOptions<T>) => RequestPromise<T>

/** One call of `request`, from its start to its end. */
interface Job {
  readonly epoch: number
  aborted: boolean
  /** The token that was refused; it signs nothing of this job again. */
  refused: string
  /** The wx call under way. */
  task: Task
  /** Rejects at once and stops the wx call. */
  cancel(code: AuthErrorCode): void
}

// wx has 10; the tenth is the login's.
const SLOTS = 9

// Of a 401; an action that this version does not know counts as `none`, and hands the answer over.
const FINAL = /^(retry_later|fix_request|contact_admin)$/

/** Requests that wait for the login, are signed, and survive the death of a session once. */
export function createRequest(settings: Settings, session: SessionState, login: Login, on: On): Request {
  const slots = createSlots(SLOTS)
  const signed = new Set<Job>()

  // They would reject anyway when their answers come; until then they would keep wx's slots from the next login.
  on('logout', ({ by }) => {
    if (by === 'app') signed.forEach((job) => job.cancel('SIGNED_OUT'))
  })

  function check(job: Job, plan: Plan): void {
    if (job.aborted) throw new AuthError('ABORTED')
    // The user logged out since: what one user asked for is never sent as another, nor handed to another.
    if (plan.auth !== 'none' && job.epoch !== session.epoch()) throw new AuthError('SIGNED_OUT')
  }

  /** Takes a slot and tells the token to sign with, the newest there is when the turn comes; '' signs nothing. */
  async function admit(plan: Plan, job: Job): Promise<string> {
    for (;;) {
      if (plan.auth === 'required') await login.ready()
      check(job, plan)
      await slots.take()
      const now = plan.auth === 'none' ? null : session.current()
      try {
        check(job, plan)
        if (now && now.token !== job.refused) return now.token
        if (plan.auth !== 'required') return ''
      } catch (error) {
        slots.free()
        throw error
      }
      // The session died while this request queued: somebody else needs the slot more.
      slots.free()
    }
  }

  function send(plan: Plan, token: string, job: Job): Promise<WxResponse> {
    const header = Object.assign({}, plan.wx.header, token ? settings.header(token) : {})
    return callWx<WxResponse>(settings, 'request', Object.assign({}, plan.wx, { header }), 'NETWORK', (task) => {
      job.task = task
      guard(plan.onTask, task)
    })
  }

  /** Decides after an answer to a signed request: true sends it once more, as soon as there is a session again. */
  function again(plan: Plan, job: Job, response: WxResponse, token: string, sent: number): boolean {
    const { statusCode } = response
    const problem = problemOf(response)
    // Order of evidence: the server's action, then what the app says of its own back end, then a plain 401.
    const action = (problem && problem.action) || (statusCode === 401 || settings.isExpired(response) ? 'relogin' : 'none')
    const rejected = new AuthError('SESSION_REJECTED', { problem, cause: problem || response, retryable: action === 'retry_later' || (action === 'relogin' && !plan.replay) })
    // A 401 may also be about something else in the request, such as the code of a phone button: then the session stands.
    const ended = statusCode === 401 && action === 'ask_user' && problem && /^session_/.test(problem.code)
    // Ended on purpose: a silent login would undo that within a second. But only if it is the current session that was ended.
    if (ended && (session.drop(token, problem, true) || session.signedOut())) throw rejected
    check(job, plan)
    if (action === 'relogin' || ended) {
      if (sent) login.suspect(token)
      else if (plan.replay && plan.auth === 'required') login.retire(token, problem)
      else login.forsake(token, problem)
      if (sent || !plan.replay) throw rejected
      return true
    }
    if (statusCode === 401 && FINAL.test(action)) throw rejected
    return false
  }

  async function perform(plan: Plan, job: Job): Promise<WxResponse> {
    for (let sent = 0; ; sent++) {
      const token = await admit(plan, job)
      if (token) signed.add(job)
      try {
        const response = await send(plan, token, job)
        if (!token || !again(plan, job, response, token, sent)) return response
        job.refused = token
      } finally {
        // Not before the answer was judged: whoever comes next must not sign with a token that is known dead.
        job.task = undefined
        signed.delete(job)
        slots.free()
      }
    }
  }

  return <T>(options: RequestOptions<T>) => {
    const job: Job = { epoch: session.epoch(), aborted: false, refused: '', task: undefined, cancel: () => undefined }
    const { success, fail, complete } = options
    const promise = new Promise<WxResponse<T>>((resolve, reject) => {
      job.cancel = (code) => {
        reject(new AuthError(code))
        stop(job.task)
      }
      perform(prepare(settings, options), job).then(resolve as (response: WxResponse) => void, reject)
    })
    if (success || fail || complete) {
      promise.then(
        (response) => { guard(success, response); guard(complete, response) },
        (error) => { guard(fail, error); guard(complete, error) },
      )
    }
    return Object.assign(promise, {
      abort() {
        job.aborted = true
        job.cancel('ABORTED')
      },
    })
  }
}
