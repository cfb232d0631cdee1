// The calling convention of wx: callbacks, or a promise when there is none.

export interface Callbacks {
  success?: (result: unknown) => void
  fail?: (error: unknown) => void
  complete?: (result: unknown) => void
}

export interface Settle {
  ok(result?: Record<string, unknown>): void
  fail(message: string): void
}

export type WxFunction = (options?: Callbacks & Record<string, unknown>) => unknown

/** An API as the page calls it. `act` may settle at once or later; callbacks never run before the call returns, except for `inTap`. */
export function wxFunction(api: string, act: (options: Record<string, unknown>, settle: Settle) => void, when: 'later' | 'now' = 'later'): WxFunction {
  return (options = {}) => {
    const { success, fail, complete } = options
    const run = when === 'now' ? (callback: () => void) => { callback() } : queueMicrotask
    const start = (resolve: (result: unknown) => void, reject: (error: unknown) => void): void => {
      const settle: Settle = {
        ok: (result = {}) => { run(() => { resolve({ ...result, errMsg: `${api}:ok` }) }) },
        fail: (message) => { run(() => { reject({ errMsg: `${api}:fail ${message}` }) }) },
      }
      try {
        act(options, settle)
      } catch (error) {
        settle.fail(error instanceof Error ? error.message : String(error))
      }
    }
    if (success === undefined && fail === undefined && complete === undefined) return new Promise((resolve, reject) => start(resolve, reject))
    const tell = (callback: ((result: unknown) => void) | undefined) => (result: unknown): void => {
      callback?.(result)
      complete?.(result)
    }
    start(tell(success), tell(fail))
    return undefined
  }
}

export const textOption = (value: unknown, otherwise = ''): string => value === undefined || value === null ? otherwise : `${value as string | number}`
