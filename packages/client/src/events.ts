import type { Action, Problem } from '@tongxing/protocol'
import type { AuthError } from './errors.js'
import type { Session, SessionUser } from './session.js'

/** What listeners get. */
export interface ClientEvents {
  /** A login succeeded, also a silent one and a renewal. */
  login: Session
  /** The client is signed out and stays so until `login()`: by the app's `logout()`, or because the server said so. */
  logout: { readonly by: 'app' | 'server' }
  /** The server no longer accepts the current session; told once per session, however many requests found out. */
  expired: { readonly action: Action, readonly problem: Problem | undefined }
  /** What the user gave (profile, phone) was kept in `client.user`. */
  user: SessionUser
  /** A login failed; told once, however many requests waited for it. */
  error: AuthError
}

/** Adds a listener; the function returned removes it. */
export type On = <K extends keyof ClientEvents>(event: K, listener: (detail: ClientEvents[K]) => void) => () => void

/** Tells the listeners of an event. */
export type Emit = <K extends keyof ClientEvents>(event: K, detail: ClientEvents[K]) => void

declare const console: { error(value: unknown): void }

interface Entry { readonly event: string, readonly listener: (detail: never) => void }

/** Any number of listeners; `debug` gets a line for each event. One that throws is reported on the console and breaks nobody. */
export function createEvents(debug?: (line: string) => void): { on: On, emit: Emit } {
  let entries: Entry[] = []
  const on: On = (event, listener) => {
    const entry = { event, listener }
    entries = entries.concat(entry)
    return () => { entries = entries.filter((other) => other !== entry) }
  }
  const emit: Emit = (event, detail) => {
    if (debug) {
      const { user = detail, code, action, by } = detail as { user?: object, code?: string, action?: string, by?: string }
      debug(`event ${event}: ${code || action || by || (user as SessionUser).uid}`)
    }
    entries.forEach((entry) => {
      if (entry.event === event && entries.indexOf(entry) >= 0) guard(entry.listener as (value: typeof detail) => void, detail)
    })
  }
  return { on, emit }
}

/** Runs the app's callback; its mistake goes to the console and not into our flow. */
export function guard<T>(run: ((detail: T) => void) | undefined, detail: T): void {
  try {
    if (run) run(detail)
  } catch (error) {
    console.error(error)
  }
}
