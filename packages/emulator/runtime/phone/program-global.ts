import { HIDDEN_GLOBALS } from '../app-bundle.js'

// The rest are further ways to a window, and our own.
const HIDDEN = new Set<PropertyKey>([...HIDDEN_GLOBALS, 'top', 'parent', 'frames', 'opener', 'frameElement', '__mp__', 'tongxingPhone'])

/** What a program sees as globalThis: the window's, without what WeChat lacks. A name that it sets is global, as everywhere. */
export function createProgramGlobal(globals: object): object {
  const own: Record<PropertyKey, unknown> = { ...globals }
  const bound = new Map<unknown, unknown>()
  // A function of the host wants the window as its `this`.
  const bind = (value: unknown, key: PropertyKey): unknown => {
    if (typeof value !== 'function' || Reflect.has(value, 'prototype') || !Object.hasOwn(globalThis, key)) return value
    if (!bound.has(value)) bound.set(value, value.bind(globalThis))
    return bound.get(value)
  }
  const program = new Proxy(own, {
    has: (_, key) => Object.hasOwn(own, key) || (!HIDDEN.has(key) && key in globalThis),
    get: (_, key) => Object.hasOwn(own, key) ? own[key] : HIDDEN.has(key) ? undefined : bind(Reflect.get(globalThis, key), key),
    set: (_, key, value) => Reflect.set(HIDDEN.has(key) || Object.hasOwn(own, key) ? own : globalThis, key, value),
    deleteProperty: (_, key) => Reflect.deleteProperty(Object.hasOwn(own, key) || HIDDEN.has(key) ? own : globalThis, key),
  })
  own.globalThis = program
  return program
}
