import { AuthError } from './errors.js'
import type { AuthErrorCode } from './errors.js'
import { guard } from './events.js'
import type { On } from './events.js'
import { createForeground } from './foreground.js'
import type { Login } from './login.js'
import type { Settings } from './options.js'
import { prepare } from './prepare.js'
import type { Plan } from './prepare.js'
import { problemOf } from './problem.js'
import type { SessionState } from './session.js'
import { createSlots } from './slots.js'
import { callWx, stop } from './wx.js'
import type { Abortable, TransferOptions, Transport } from './transfer.js'
import type { Task, WxResponse } from './wx.js'

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

/** Calls that wait for the login, are signed, and survive the death of a session once. */
export function createTransport(settings: Settings, session: SessionState, login: Login, on: On): Transport {
  const slots = createSlots(SLOTS)
  const foreground = createForeground(settings)
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
    return callWx<WxResponse>(settings, plan.api, Object.assign({}, plan.wx, { header }), 'NETWORK', (task) => {
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
    const ended = statusCode === 401 && action === 'ask_user' && /^session_/.test(problem!.code)
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

  /**
   * The answer that tells how the session stands. A downloaded 401 is a file, whose reason nobody can read: the session route is asked,
   * unless the back end has none.
   */
  async function evidence(plan: Plan, token: string, response: WxResponse): Promise<WxResponse> {
    if (plan.api !== 'downloadFile' || response.statusCode !== 401) return response
    const asked = await callWx<WxResponse>(settings, 'request', {
      url: settings.baseURL + settings.endpoints.session, header: settings.header(token), timeout: settings.requestTimeout,
    }, 'NETWORK').then(undefined, () => response)
    return asked.statusCode === 200 || asked.statusCode === 401 ? asked : response
  }

  async function perform(plan: Plan, job: Job): Promise<WxResponse> {
    let interrupted = false
    foreground.watch()
    for (let sent = 0; ;) {
      const token = await admit(plan, job)
      if (token) signed.add(job)
      try {
        const response = await send(plan, token, job)
        if (!token || !again(plan, job, await evidence(plan, token, response), token, sent)) {
          // An error page is not the file that was asked for.
          if (plan.api === 'downloadFile' && response.statusCode >= 300) throw new AuthError('REFUSED', { cause: { statusCode: response.statusCode }, retryable: response.statusCode >= 500 })
          return response
        }
        job.refused = token
        sent++
      } catch (error) {
        // wx stops what is under way 5 s after the mini program went to the background; reading once more harms nobody.
        if (interrupted || !plan.idempotent || !/interrupted/.test((error as AuthError).message)) throw error
        interrupted = true
      } finally {
        // Not before the answer was judged: whoever comes next must not sign with a token that is known dead.
        job.task = undefined
        signed.delete(job)
        slots.free()
      }
      if (interrupted) await foreground.shown()
    }
  }

  const through = (api: Plan['api']) => <R>(options: TransferOptions<R>): Abortable<R> => {
    const job: Job = { epoch: session.epoch(), aborted: false, refused: '', task: undefined, cancel: () => undefined }
    const { success, fail, complete } = options
    const promise = new Promise<R>((resolve, reject) => {
      job.cancel = (code) => {
        reject(new AuthError(code))
        stop(job.task)
      }
      perform(prepare(settings, api, options), job).then(resolve as unknown as (response: WxResponse) => void, reject)
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

  return { request: through('request'), upload: through('uploadFile'), download: through('downloadFile') }
}
