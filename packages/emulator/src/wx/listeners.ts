/** The on… and off… of one event. */
export interface Listeners<Event> {
  on(listener: (event: Event) => void): void
  /** Without a listener: all of them. */
  off(listener?: (event: Event) => void): void
  tell(event: Event): void
}

/** Nobody listens at first. The same listener is told once, however often it was added. */
export function createListeners<Event>(): Listeners<Event> {
  const listeners = new Set<(event: Event) => void>()
  return {
    on: (listener) => { listeners.add(listener) },
    off(listener) {
      if (listener === undefined) listeners.clear()
      else listeners.delete(listener)
    },
    tell(event) { for (const listener of [...listeners]) listener(event) },
  }
}
