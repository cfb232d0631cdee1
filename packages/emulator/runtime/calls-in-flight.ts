// Knows which wx calls have not answered yet, so that settle() waits for exactly those.

type AnyFunction = (...values: unknown[]) => unknown

export interface CallsInFlight {
  names(): string[]
  wrap(wx: object): object
  follow<T>(name: string, promise: Promise<T>): Promise<T>
}

const isCallbacks = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
  && ['success', 'fail', 'complete'].some((name) => typeof (value as Record<string, unknown>)[name] === 'function')

export function createCallsInFlight(): CallsInFlight {
  const open = new Set<{ name: string }>()
  const begin = (name: string): () => void => {
    const call = { name }
    open.add(call)
    return () => { open.delete(call) }
  }
  const follow = <T>(name: string, promise: Promise<T>): Promise<T> => {
    const end = begin(name)
    promise.then(end, end)
    return promise
  }
  const wrapFunction = (name: string, original: AnyFunction): AnyFunction => (options, ...rest) => {
    if (isCallbacks(options)) {
      const end = begin(name)
      const ending = (callback: unknown) => (result: unknown): void => {
        end()
        if (typeof callback === 'function') (callback as AnyFunction)(result)
      }
      const { success, fail, complete } = options
      return original({ ...options, success: ending(success), fail: ending(fail), complete: ending(complete) }, ...rest)
    }
    const result = options === undefined ? original() : original(options, ...rest)
    return result instanceof Promise ? follow(name, result) : result
  }
  return {
    names: () => [...open].map(({ name }) => name),
    wrap: (wx) => Object.fromEntries(Object.entries(wx).map<[string, unknown]>(([name, value]) => [name, typeof value === 'function' ? wrapFunction(name, value as AnyFunction) : value])),
    follow,
  }
}
