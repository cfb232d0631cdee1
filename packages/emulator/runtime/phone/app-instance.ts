import type { ErrorReporter } from './errors.js'
import { UNHANDLED_REJECTION } from './errors.js'
import type { PhoneConsole } from './host.js'

type AppObject = Record<string, unknown>

export interface AppHolder {
  /** App() of the program. */
  register(definition: AppObject): void
  get(): AppObject | undefined
  /** Calls onLaunch, onShow, …; undefined when the program has none. */
  call(hook: string, value?: unknown): void
}

export function createAppHolder(errors: ErrorReporter, console: PhoneConsole): AppHolder {
  let app: AppObject | undefined
  const call = (hook: string, value?: unknown): void => {
    const method = app?.[hook]
    if (typeof method === 'function') errors.guard(`App.${hook}`, () => (method as (value: unknown) => unknown).call(app, value))
  }
  const register = (definition: AppObject): void => {
    if (app !== undefined) console.warn('App() was called twice: the second call is ignored.')
    else app = { ...definition }
  }
  errors.listen((report, error) => {
    if (report.during === UNHANDLED_REJECTION) call('onUnhandledRejection', { reason: error })
    // An error of onError itself is only printed.
    else if (report.during !== 'App.onError') call('onError', report.stack)
  })
  return { register, get: () => app, call }
}
