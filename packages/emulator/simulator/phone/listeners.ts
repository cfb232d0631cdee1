type Listener = (result: unknown) => void

/** Events that the emulator tells a phone of, by what follows `wx.on`. */
const EVENTS: readonly string[] = ['NetworkStatusChange']

/** Listeners of the mini program for what happens by itself; they stay on the phone. */
export interface Listeners {
  /** `onNetworkStatusChange`, `offNetworkStatusChange`, …: those that the base library has. */
  readonly functions: Readonly<Record<string, (listener?: unknown) => void>>
  /** Something happened: `onNetworkStatusChange`. */
  tell(api: string, result: unknown): void
}

/** `has` names the functions of this base library. */
export function createListeners(has: (api: string) => boolean): Listeners {
  const sets = new Map(EVENTS.map((event) => [`on${event}`, new Set<Listener>()]))
  const functions = Object.fromEntries([...sets].flatMap(([on, set]) => {
    const off = on.replace(/^on/, 'off')
    return [
      [on, (listener?: unknown) => { if (typeof listener === 'function') set.add(listener as Listener) }] as const,
      [off, (listener?: unknown) => {
        if (listener === undefined) set.clear()
        else set.delete(listener as Listener)
      }] as const,
    ]
  }).filter(([api]) => has(api)))
  return { functions, tell: (api, result) => { for (const listener of sets.get(api) ?? []) listener(result) } }
}
