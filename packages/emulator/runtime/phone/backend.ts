import { inTap } from './gesture.js'
import type { Gesture } from './host.js'
import type { ElementNode } from './glass-easel.js'
import { glassEasel } from './glass-easel.js'
import { plainTouch, plainTouches } from './events.js'

const RPX = /(-?\d*\.?\d+)rpx\b/g
const LONG_PRESS_MS = 350
const SLOP_PX = 10

/** Must be constructed inside the window that shows the program: it reads the global document (gotcha 16). */
class PhoneBackend extends glassEasel.CurrentWindowBackendContext {
  readonly #sheets = new Map<string, number>()

  constructor() {
    super()
    const own = {
      createElement: createPhoneElement,
      createTextNode: (text: string) => document.createTextNode(text),
      createDocumentFragment: () => document.createDocumentFragment(),
    }
    this.document = own as unknown as typeof this.document
  }

  /** One <style> per sheet, not one per page opened (gotcha 18). */
  override appendStyleSheetPath(path: string, scope?: number): number {
    const known = this.#sheets.get(path)
    if (known !== undefined) return known
    const added = super.appendStyleSheetPath(path, scope)
    this.#sheets.set(path, added)
    return added
  }
}

/** <button> becomes <wx-button>, and a component called "nav" <wx-nav>: never an HTML element of that name (gotchas 2, 24). */
function createPhoneElement(tag: string): HTMLElement {
  const element = document.createElement(`wx-${tag}`)
  const setAttribute = element.setAttribute.bind(element)
  element.setAttribute = (name, value) => {
    setAttribute(name, name === 'style' ? value.replace(RPX, 'calc($1 * var(--rpx))') : value)
  }
  return element
}

export interface PhoneEvents {
  readonly backend: glassEasel.GeneralBackendContext
  /** A finger that rested on the element. */
  longPress(element: Element): void
}

export function createBackend(gesture: Gesture): PhoneEvents {
  const backend = new PhoneBackend()
  let longPressed = false
  backend.onEvent((target, type, detail, options) => {
    // As in WeChat: no tap after a long press that somebody listened to.
    if (type === 'tap' && longPressed) return undefined
    return dispatch(gesture, target, type, detail, options)
  })
  const longPress = (element: Element): void => { longPressed = dispatchLongPress(element) }
  watchLongPress(longPress, () => { longPressed = false })
  return { backend: backend, longPress }
}

/** The gesture rule lives here: depth is raised only while a tap of the user is dispatched. */
function dispatch(gesture: Gesture, target: glassEasel.Element, type: string, detail: unknown, options: glassEasel.EventOptions): glassEasel.EventBubbleStatus {
  const event = new glassEasel.Event(type, ...plainPayload(type, detail, options))
  const run = (): void => { glassEasel.Event.dispatchEvent(target, event) }
  if (type === 'tap') inTap(gesture, run)
  else run()
  return event.getEventBubbleStatus()
}

/** Touches belong on the event itself, as plain objects. */
function plainPayload(type: string, detail: unknown, options: glassEasel.EventOptions): [unknown, glassEasel.EventOptions] {
  const { x, y } = detail as { x?: number, y?: number }
  if (type.startsWith('touch')) {
    const { touches, changedTouches } = options.originalEvent as { touches?: unknown, changedTouches?: unknown }
    return [{}, { ...options, extraFields: { touches: plainTouches(touches), changedTouches: plainTouches(changedTouches) } }]
  }
  if (x === undefined || y === undefined) return [detail, options]
  const touch = [plainTouch({ identifier: 0, clientX: x, clientY: y })]
  return [{ x, y }, { ...options, extraFields: { touches: touch, changedTouches: touch } }]
}

/** Returns whether anybody listened. */
function dispatchLongPress(element: Element): boolean {
  let at: Element | null = element
  while (at !== null && (at as { __wxElement?: unknown }).__wxElement === undefined) at = at.parentElement
  if (at === null) return false
  const target = (at as unknown as { __wxElement: glassEasel.Element }).__wxElement
  const box = element.getBoundingClientRect()
  let heard = false
  for (const type of ['longpress', 'longtap']) {
    const [detail, options] = plainPayload(type, { x: box.left + box.width / 2, y: box.top + box.height / 2 }, {
      bubbles: true, composed: true, capturePhase: true,
      handleListenerReturn: (returned) => { heard = true; return returned !== false },
    })
    glassEasel.Event.dispatchEvent(target, new glassEasel.Event(type, detail, options))
  }
  return heard
}

/** glass-easel makes no long press of its own. */
function watchLongPress(press: (element: Element) => void, begin: () => void): void {
  let timer: number | undefined
  let from = { x: 0, y: 0 }
  const cancel = (): void => { window.clearTimeout(timer) }
  const start = (event: Event, x: number, y: number): void => {
    begin()
    cancel()
    from = { x, y }
    const target = event.target
    if (target instanceof Element) timer = window.setTimeout(() => { press(target) }, LONG_PRESS_MS)
  }
  const move = (x: number, y: number): void => { if (Math.hypot(x - from.x, y - from.y) > SLOP_PX) cancel() }
  const watch = <K extends keyof HTMLElementEventMap>(type: K, listener: (event: HTMLElementEventMap[K]) => void): void => {
    document.body.addEventListener(type, listener, { capture: true, passive: true })
  }
  watch('mousedown', (event) => { start(event, event.clientX, event.clientY) })
  watch('mousemove', (event) => { move(event.clientX, event.clientY) })
  watch('mouseup', cancel)
  watch('touchstart', (event) => { start(event, event.touches[0]?.clientX ?? 0, event.touches[0]?.clientY ?? 0) })
  watch('touchmove', (event) => { move(event.touches[0]?.clientX ?? 0, event.touches[0]?.clientY ?? 0) })
  watch('touchend', cancel)
  watch('touchcancel', cancel)
}

/** The node of a built-in or component that a DOM event came from lies inside the element. */
export const cameFrom = (event: { getOriginalEvent(): unknown }, node: ElementNode): boolean => {
  const origin = (event.getOriginalEvent() as Event | undefined)?.target
  return origin instanceof Node && node.$$?.contains(origin) === true
}
