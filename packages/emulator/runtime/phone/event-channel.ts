type Listener = (...values: unknown[]) => void

/** What navigateTo gives the two pages to talk over. */
export interface EventChannel {
  on(type: string, listener: Listener): void
  once(type: string, listener: Listener): void
  off(type: string, listener?: Listener): void
  emit(type: string, ...values: unknown[]): void
}

export function createEventChannel(): EventChannel {
  const listeners = new Map<string, { listener: Listener, once: boolean }[]>()
  const add = (type: string, listener: Listener, once: boolean): void => {
    listeners.set(type, [...listeners.get(type) ?? [], { listener, once }])
  }
  return {
    on: (type, listener) => { add(type, listener, false) },
    once: (type, listener) => { add(type, listener, true) },
    off: (type, listener) => {
      listeners.set(type, (listeners.get(type) ?? []).filter((one) => listener !== undefined && one.listener !== listener))
    },
    emit: (type, ...values) => {
      const heard = listeners.get(type) ?? []
      listeners.set(type, heard.filter(({ once }) => !once))
      for (const { listener } of heard) listener(...values)
    },
  }
}
