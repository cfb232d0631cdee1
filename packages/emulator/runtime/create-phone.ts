import type { DOMWindow } from 'jsdom'
import { JSDOM, VirtualConsole } from 'jsdom'
import selectorParser from 'postcss-selector-parser'
import type { AppBundle } from './app-bundle.js'
import { readPhoneBundle } from './bundle.js'
import { createCallsInFlight } from './calls-in-flight.js'
import type { CallsInFlight } from './calls-in-flight.js'
import { compileProgram } from './compiler/compile.js'
import type { Diagnostic } from './compiler/diagnostics.js'
import { walkTagNames } from './compiler/selector-tags.js'
import type { RunningPhone } from './phone/boot.js'
import type { ErrorReport, Gesture, PhoneConsole, PhoneHost } from './phone/host.js'
import type { OpenPage } from './phone/pages.js'
import { printQuery } from './phone/page-url.js'
import { createPhoneTimers } from './phone-timers.js'
import type { PhoneTimers } from './phone-timers.js'

/** How a phone for tests is opened. */
export interface PhoneOptions extends Partial<Pick<PhoneHost, 'openType' | 'suggestNickname' | 'reviewNickname' | 'resolveAsset' | 'onNavigate'>> {
  /** The mini program's folder. */
  readonly folder: string
  /** For example the emulator's `device.wx`. */
  readonly wx: object
  /** Told of every tap: the emulator's `device`. */
  readonly gesture?: Gesture
  /** First page ('pages/index/index'), with its query; default: app.json's entry page. */
  readonly page?: string
  readonly query?: Readonly<Record<string, string>>
}

export interface ConsoleLine {
  readonly level: keyof PhoneConsole
  readonly text: string
}

/** A phone in jsdom, for tests: the same runtime bundle as in the browser. Selectors are WXML's ('button', '.card', '#name'). */
export interface TestPhone {
  /** reLaunch, as from outside: the page stack is new. */
  open(route: string, query?: Readonly<Record<string, string>>): void
  tap(selector: string): void
  longTap(selector: string): void
  /** Types into an <input> or <textarea>. */
  input(selector: string, value: string): void
  /** Taps the form's submit button. */
  submit(selector: string): void
  text(selector?: string): string
  /** A copy of the current page's data. */
  data(): Record<string, unknown>
  /** Route of the current page. */
  page(): string
  pages(): string[]
  /** The current page as a program sees it. */
  instance(): Record<string, unknown>
  html(): string
  /** In the current page, else among the phone's sheets ('.phone-modal-confirm'). */
  find(selector: string): Element | undefined
  findAll(selector: string): Element[]
  /** Waits until no wx call, timer that is due, or rendering is left. */
  settle(): Promise<void>
  readonly errors: readonly ErrorReport[]
  readonly console: readonly ConsoleLine[]
  readonly warnings: readonly Diagnostic[]
  readonly window: DOMWindow
  readonly running: RunningPhone
  close(): void
}

const NO_GESTURE: Gesture = { enter: () => undefined, leave: () => undefined }

/** Compiles the folder (throws CompileError) and starts it. */
export function createPhone(options: PhoneOptions): TestPhone {
  const { text, warnings } = compileProgram(options.folder)
  const dom = new JSDOM('<!doctype html><html><head></head><body><div id="phone"></div></body></html>', {
    // about:blank would refuse localStorage and give no origin.
    url: 'https://mini-program.test/', runScripts: 'outside-only', virtualConsole: new VirtualConsole(),
  })
  const { window } = dom
  const timers = createPhoneTimers(window)
  const calls = createCallsInFlight()
  const lines: ConsoleLine[] = []
  const errors: ErrorReport[] = []
  window.eval(text)
  window.eval(readPhoneBundle())
  const { __mp__: bundle, tongxingPhone } = window as unknown as { __mp__: AppBundle, tongxingPhone: { boot(bundle: AppBundle, host: PhoneHost): RunningPhone } }
  const running = tongxingPhone.boot(bundle, createHost(options, window, calls, lines, errors))
  return { ...createActions(running, window), settle: () => settle(timers, calls), errors, console: lines, warnings, window, running, close: () => { window.close() } }
}

function createHost(options: PhoneOptions, window: DOMWindow, calls: CallsInFlight, lines: ConsoleLine[], errors: ErrorReport[]): PhoneHost {
  const { wx, gesture = NO_GESTURE, page, query = {}, openType, suggestNickname, reviewNickname, resolveAsset, onNavigate } = options
  const line = (level: keyof PhoneConsole) => (...values: unknown[]): void => {
    lines.push({ level, text: values.map((value) => typeof value === 'string' ? value : JSON.stringify(value) ?? String(value)).join(' ') })
  }
  const followed = (name: string, shown: Promise<unknown> | undefined): Promise<unknown> | undefined => shown === undefined ? undefined : calls.follow(name, shown)
  return {
    wx: calls.wrap(wx), gesture,
    mount: window.document.getElementById('phone') as unknown as HTMLElement,
    console: { log: line('log'), info: line('info'), warn: line('warn'), error: line('error'), debug: line('debug') },
    launch: { query, ...(page === undefined ? {} : { path: page }) },
    onError: (report) => { errors.push(report) },
    ...(openType === undefined ? {} : { openType: (name, button) => followed(name, openType(name, button)) }),
    ...(suggestNickname === undefined ? {} : { suggestNickname: () => calls.follow('nickname', suggestNickname()) }),
    ...(reviewNickname === undefined ? {} : { reviewNickname: (value) => calls.follow('nickname review', reviewNickname(value)) }),
    ...(resolveAsset === undefined ? {} : { resolveAsset }),
    ...(onNavigate === undefined ? {} : { onNavigate }),
  }
}

type Actions = Omit<TestPhone, 'settle' | 'errors' | 'console' | 'warnings' | 'window' | 'running' | 'close'>

interface Finder {
  find(selector: string): Element | undefined
  findAll(selector: string): Element[]
  /** Throws when nothing matches. */
  need(selector: string): Element
}

function createFinder(current: () => OpenPage, window: DOMWindow): Finder {
  const findAll = (selector: string): Element[] => {
    const inside = [...current().element.querySelectorAll(toDomSelector(selector))]
    const around = `:is(.phone-navigation, .phone-tabs, .phone-overlay) ${selector}`
    return inside.length > 0 ? inside : [...window.document.querySelectorAll(around)]
  }
  const find = (selector: string): Element | undefined => findAll(selector)[0]
  const need = (selector: string): Element => {
    const element = find(selector)
    if (element === undefined) throw new Error(`nothing on page "${current().route}" matches "${selector}"`)
    return element
  }
  return { find, findAll, need }
}

function createActions({ navigation, longPress }: RunningPhone, window: DOMWindow): Actions {
  const current = (): OpenPage => {
    const page = navigation.current()
    if (page === undefined) throw new Error('no page is open')
    return page
  }
  const { find, findAll, need } = createFinder(current, window)
  const tap = (element: Element): void => {
    // A tap is mousedown and mouseup; the phone's own sheets listen to click (gotcha 13).
    for (const type of ['mousedown', 'mouseup', 'click']) element.dispatchEvent(new window.MouseEvent(type, { bubbles: true, composed: true, clientX: 1, clientY: 1 }))
  }
  return {
    find, findAll,
    open: (route, query = {}) => { navigation.reLaunch(`/${route}${Object.keys(query).length === 0 ? '' : `?${printQuery(query)}`}`) },
    tap: (selector) => { tap(need(selector)) },
    longTap: (selector) => { longPress(need(selector)) },
    input: (selector, value) => { typeInto(need(selector), value, window) },
    submit: (selector) => {
      const submit = need(selector).querySelector('wx-button[form-type=submit]')
      if (submit === null) throw new Error(`the form "${selector}" has no <button form-type="submit">`)
      tap(submit)
    },
    text: (selector) => ((selector === undefined ? current().element : need(selector)).textContent ?? '').trim(),
    // Objects of the window come from another realm, where they equal nothing of ours (gotcha 17).
    data: () => JSON.parse(JSON.stringify(current().instance.data)) as Record<string, unknown>,
    page: () => current().route,
    pages: () => navigation.stack.map(({ route }) => route),
    instance: () => current().instance,
    html: () => current().element.outerHTML,
  }
}

function typeInto(element: Element, value: string, window: DOMWindow): void {
  const control = element.querySelector<HTMLInputElement | HTMLTextAreaElement>('input, textarea')
  if (control === null) throw new Error(`<${element.localName}> is no <input> or <textarea>`)
  control.value = value
  control.dispatchEvent(new window.Event('input'))
}

/** WXML's selectors, as the document has them: tags carry wx-, ids a random prefix, classes of isolated components their scope. */
function toDomSelector(selector: string): string {
  return selectorParser((list) => {
    walkTagNames(list, (tag) => { tag.value = `wx-${tag.value}` })
    list.walkIds((id) => { id.replaceWith(selectorParser.string({ value: `[id$="--${id.value}"]` })) })
    list.walkClasses((name) => {
      name.replaceWith(selectorParser.string({ value: `:is(.${name.value},[class$="--${name.value}"],[class*="--${name.value} "])` }))
    })
  }).processSync(selector)
}

const QUIET_ROUNDS = 3
const PATIENCE_MS = 3000

async function settle(timers: PhoneTimers, calls: CallsInFlight): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  for (let quiet = 0; quiet < QUIET_ROUNDS;) {
    await new Promise((resolve) => { setImmediate(resolve) })
    timers.runFrames()
    quiet = calls.names().length === 0 && !timers.due() ? quiet + 1 : 0
    if (performance.now() > end) throw new Error(`the phone does not settle; in flight: ${calls.names().join(', ') || 'timers'}`)
  }
}
