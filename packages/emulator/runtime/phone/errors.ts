import type { AppBundle } from '../app-bundle.js'
import { APP_BUNDLE_NAME } from '../app-bundle.js'
import { glassEasel } from './glass-easel.js'
import type { ErrorReport, PhoneHost } from './host.js'

export interface ErrorReporter {
  report(error: unknown, during: string): void
  /** Runs it; an error is reported and undefined returned. A rejection is reported too. */
  guard<T>(during: string, run: () => T): T | undefined
  /** Told of every report: App.onError and the panel on the phone. */
  listen(listener: (report: ErrorReport, error: unknown) => void): void
}

/** `during` of a promise that nobody watched. */
export const UNHANDLED_REJECTION = 'unhandled rejection'

/** Methods that a page or component has in WeChat and not here. */
export const MISSING_METHODS: readonly string[] = ['animate', 'clearAnimation', 'applyAnimatedStyle', 'getTabBar', 'getPageId', 'setUpdatePerformanceListener']

const FRAME = new RegExp(`${APP_BUNDLE_NAME.replace('.', '\\.')}:(\\d+)(?::(\\d+))?`, 'g')

/** Line of the bundle → 'pages/index/index.js:12'. */
function sourceAt(bundle: AppBundle, line: number): string | undefined {
  for (const [file, { firstLine, lines }] of Object.entries(bundle.js)) {
    const inside = line - firstLine
    if (inside < 0 || inside >= lines.length) continue
    // A line without a mapping of its own belongs to the one before.
    for (let index = inside; index >= 0; index--) if (lines[index]) return `${file}:${lines[index]}`
  }
  return undefined
}

export function createErrorReporter(bundle: AppBundle, host: PhoneHost): ErrorReporter {
  const listeners: ((report: ErrorReport, error: unknown) => void)[] = []
  const describe = (error: unknown, during: string): ErrorReport => {
    // wx rejects with { errMsg }.
    const { errMsg, message = errMsg ?? String(error), stack = '' } = (error ?? {}) as { errMsg?: string, message?: string, stack?: string }
    const mapped = stack.replace(FRAME, (frame, line: string) => sourceAt(bundle, Number(line)) ?? frame)
    const first = [...stack.matchAll(FRAME)].map(([, line]) => sourceAt(bundle, Number(line))).find((at) => at !== undefined)
    return { message: explain(message), during, stack: mapped === '' ? message : mapped, ...(first === undefined ? {} : { at: first }) }
  }
  const report = (error: unknown, during: string): void => {
    const described = describe(error, during)
    host.console.error(`${described.message}\n  ${described.at ?? ''} (${during})`)
    for (const listener of listeners) listener(described, error)
    host.onError?.(described)
  }
  const guard = <T>(during: string, run: () => T): T | undefined => {
    try {
      const result = run()
      if (result instanceof Promise) result.catch((error: unknown) => { report(error, during) })
      return result
    } catch (error) {
      report(error, during)
      return undefined
    }
  }
  listenToFramework(host, report)
  window.addEventListener('unhandledrejection', (event) => {
    event.preventDefault()
    report(event.reason, UNHANDLED_REJECTION)
  })
  return { report, guard, listen: (listener) => { listeners.push(listener) } }
}

/** Errors in handlers, lifetimes and observers are caught by glass-easel and would end on its console. */
function listenToFramework(host: PhoneHost, report: (error: unknown, during: string) => void): void {
  glassEasel.addGlobalErrorListener((error, method) => {
    // For a handler it gives the name of a minified function of its own.
    report(error, method?.replace(/^listener .*$/, 'event listener') ?? 'rendering')
    return false
  })
  glassEasel.addGlobalWarningListener((message, component) => {
    const is = typeof component === 'string' ? component : component.is
    // {{undefined}} on a built-in's attribute is everyday WXML; WeChat takes the default in silence.
    if (!is.startsWith('wx://')) host.console.warn(`${message}${is === '' ? '' : ` (${is})`}`)
    return false
  })
}

function explain(message: string): string {
  const missing = /\bwx\.(\w+) is not a function/.exec(message)?.[1]
  if (missing !== undefined) return `${message}: the simulator, or the base library it plays, has no wx.${missing}`
  const method = /\.(\w+) is not a function/.exec(message)?.[1] ?? ''
  return MISSING_METHODS.includes(method) ? `${message}: the simulator does not support it` : message
}
