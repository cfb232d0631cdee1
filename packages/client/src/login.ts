import type { Problem } from '@tongxing/protocol'
import { isWithin } from './clock.js'
import type { Emit } from './events.js'
import { AuthError } from './errors.js'
import { createExchange } from './exchange.js'
import type { Settings } from './options.js'
import type { Session, SessionState } from './session.js'

/** Everything that may start a login. */
export interface Login {
  /** The current session, else the one login that everybody shares. */
  ready(): Promise<Session>
  /** On purpose: lifts a sticky log-out when it succeeds. */
  login(options?: { readonly force?: boolean }): Promise<Session>
  /** A session that is newer than this token: the one that somebody else got already, or a new login. */
  recover(failedToken: string): Promise<Session>
  /** The first half of `recover`, at once: forgets the session if it still is the one with this token. */
  retire(failedToken: string, problem?: Problem): void
  /** `retire` for a request that starts no login itself: at most one session goes this way in a while, and none after a suspicion. */
  forsake(failedToken: string, problem?: Problem): void
  /** A brand-new session was refused: no silent login for this token for a while. */
  suspect(token: string): void
  /** No renewal starts until the function returned is called: a tap's payload must be opened with the key it was made with. */
  hold(): () => void
  /** How many times wx.login was called: each may have replaced WeChat's session_key. */
  codes(): number
}

interface Flight {
  /** A login of another epoch is nobody's: a log-out came in between. */
  readonly epoch: number
  readonly promise: Promise<Session>
  /** True when requests wait for it; a renewal blocks nobody. */
  blocking: boolean
}

// How long a refused new token keeps silent logins away: a route that answers 401 for ever must not eat the day's wx.login calls.
const SUSPECT_MS = 30_000
// After a failed renewal.
const RENEW_AGAIN_MS = 60_000

/** Single flight: at any time at most one login is under way, whoever asks. */
export function createLogin(settings: Settings, session: SessionState, emit: Emit): Login {
  const { clock, autoLogin } = settings
  const { exchange, codes } = createExchange(settings)
  let flight: Flight | null = null
  let held = 0
  // Without a token: a session was forsaken then, and the next one is spared.
  let suspected: { readonly token?: string, readonly at: number } = { at: -Infinity }

  function underWay(): Flight | null {
    return flight && flight.epoch === session.epoch() ? flight : null
  }

  // Not an async function: everybody gets the same promise.
  function start(blocking: boolean): Promise<Session> {
    const running = underWay()
    if (running) {
      running.blocking = running.blocking || blocking
      return running.promise
    }
    const epoch = session.epoch()
    // Logged out meanwhile: whatever came of this login is nobody's.
    const check = () => { if (epoch !== session.epoch()) throw new AuthError('SIGNED_OUT') }
    const land = () => {
      if (flight === mine) flight = null
      check()
    }
    const promise = exchange(check).then(
      (result) => {
        land()
        session.save(result.session, result.renewAt, !mine.blocking)
        emit('login', result.session)
        return result.session
      },
      (error: AuthError) => {
        land()
        if (session.current()) session.renewLater(error.retryable ? clock.now() + RENEW_AGAIN_MS : Infinity)
        emit('error', error)
        throw error
      },
    )
    const mine: Flight = { epoch, promise, blocking }
    flight = mine
    promise.then(undefined, () => undefined)
    return promise
  }

  async function ready(): Promise<Session> {
    const now = session.current()
    const running = underWay()
    if (running && (running.blocking || !now)) return start(true)
    if (now) {
      if (autoLogin && !held && clock.now() >= session.renewAt()) void start(false)
      return now
    }
    if (session.signedOut() || !autoLogin) throw new AuthError('SIGNED_OUT')
    return start(true)
  }

  function isRecent(): boolean {
    return isWithin(clock, suspected.at, SUSPECT_MS)
  }

  function retire(failedToken: string, problem?: Problem): void {
    if (failedToken === suspected.token && isRecent()) throw new AuthError('SESSION_REJECTED', { problem })
    session.drop(failedToken, problem)
  }

  return {
    ready,
    login({ force = false } = {}) {
      const now = session.current()
      const running = underWay()
      return now && !force && !(running && running.blocking) ? Promise.resolve(now) : start(true)
    },
    retire,
    forsake(failedToken, problem) {
      if (!isRecent() && session.drop(failedToken, problem)) suspected = { at: clock.now() }
    },
    async recover(failedToken) {
      retire(failedToken)
      return ready()
    },
    suspect(token) { suspected = { token, at: clock.now() } },
    codes,
    hold() {
      held++
      return () => { held-- }
    },
  }
}
