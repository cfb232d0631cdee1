import type { ElementNode } from './glass-easel.js'
import { isLiveEvent, isThenable } from './glass-easel.js'

type AnyFunction = (this: unknown, ...values: unknown[]) => unknown
export type Methods = Record<string, unknown>

interface PlainTarget {
  id: string
  dataset: Record<string, unknown>
  offsetLeft: number
  offsetTop: number
}

function plainTarget(target: unknown): PlainTarget {
  // Instances of pages and components wrap their node.
  const node = ((target as { _$?: unknown } | null)?._$ ?? target) as ElementNode | null
  return { id: node?.id ?? '', dataset: { ...node?.dataset }, offsetLeft: node?.$$?.offsetLeft ?? 0, offsetTop: node?.$$?.offsetTop ?? 0 }
}

/** What a handler receives: plain data as in WeChat, not glass-easel's live object (gotcha 6). */
export function plainEvent(event: unknown): unknown {
  if (!isLiveEvent(event)) return event
  return {
    type: event.type,
    timeStamp: event.timeStamp,
    target: plainTarget(event.target),
    currentTarget: plainTarget(event.currentTarget),
    mark: event.mark ?? {},
    detail: event.detail,
    ...(event.touches === undefined ? {} : { touches: event.touches, changedTouches: event.changedTouches }),
  }
}

type OnRejected = (error: unknown, method: string) => void

/**
 * Functions that receive plain events, and whose rejections are reported: nobody else would catch them (gotcha 12).
 * Of methods only those of an event: what code of the page calls and awaits is for that code to catch.
 */
export function wrapMethods(methods: Methods, onRejected: OnRejected, kind: 'methods' | 'lifetimes' = 'methods'): Methods {
  return Object.fromEntries(Object.entries(methods).map(([name, value]) => [name, typeof value === 'function' ? wrap(name, value as AnyFunction) : value]))

  function wrap(name: string, method: AnyFunction): AnyFunction {
    return function (...values) {
      const result = method.apply(this, values.length === 0 ? values : [plainEvent(values[0]), ...values.slice(1)])
      if (isThenable(result) && (kind === 'lifetimes' || isLiveEvent(values[0]))) result.then(undefined, (error: unknown) => { onRejected(error, name) })
      return result
    }
  }
}

export interface Touch {
  identifier: number
  clientX: number
  clientY: number
  pageX: number
  pageY: number
  force: number
}

export const plainTouch = ({ identifier, clientX, clientY }: { identifier: number, clientX: number, clientY: number }): Touch =>
  ({ identifier, clientX, clientY, pageX: clientX, pageY: clientY, force: 1 })

export function plainTouches(list: unknown): Touch[] {
  return Array.from((list ?? []) as ArrayLike<Touch>, plainTouch)
}
