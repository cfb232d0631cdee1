import { createEmulator } from '@tongxing/emulator'
import type { AppOptions, ButtonDetail, ButtonTap, Device, DeviceOptions, EmulatedApp, Emulator, OpenType, Person } from '@tongxing/emulator'
import { afterAll, afterEach, beforeAll, vi } from 'vitest'
import { createClient } from '../src/index.js'
import type { AuthError, Client, ClientOptions, Clock } from '../src/index.js'
import { startBackend } from './backend.js'
import type { Backend } from './backend.js'

/** The fixed domain of the tests. */
export const BASE_URL = 'https://api.demo.test'

/** One person's phone with the mini program open, and the back end behind it. */
export interface Phone {
  readonly emulator: Emulator
  /** The mini program as WeChat knows it; of this phone alone when `openPhone` was given one. */
  readonly app: EmulatedApp
  readonly person: Person
  readonly backend: Backend
  readonly device: Device
  readonly client: Client
  readonly clock: TestClock
  /** Calls of one wx function on this device. */
  calls(api: string): number
  /** What lies in the phone's storage, by key. */
  stored(): Record<string, unknown>
  /** The mini program is closed and opened again. */
  relaunch(options?: Partial<ClientOptions>): Phone
  /** Another client in the same mini program. */
  another(options?: Partial<ClientOptions>): Client
}

/** The clock of emulator and client together. */
export interface TestClock extends Clock {
  /** ms that the device's clock is wrong. */
  skew: number
  /** Moves the time; what becomes due happens. */
  advance(ms: number): void
  /** ms until the client's next timer is due; Infinity when none runs. */
  nextDue(): number
}

let emulator: Emulator
const open: Backend[] = []

/** Starts one emulator for the test file. */
export function useEmulator(): void {
  beforeAll(async () => { emulator = await createEmulator({ minuteQuota: Infinity }) })
  afterEach(async () => { await Promise.all(open.splice(0).map((backend) => backend.close())) })
  afterAll(() => emulator.close())
}

/** A new person with a new phone, and a back end of their own; with `app` a mini program of their own too. */
export async function openPhone(options: { app?: AppOptions, device?: Partial<DeviceOptions>, client?: Partial<ClientOptions> } = {}): Promise<Phone> {
  const app = options.app ? emulator.addApp(options.app) : emulator.apps[0]!
  const person = emulator.addPerson({ nickName: '小明' })
  const backend = await startBackend({ wechat: emulator.url, appid: app.appid, secret: app.secret }, emulator.clock.now)
  open.push(backend)
  const device = emulator.openDevice({ appid: app.appid, person: person.id, domains: { [BASE_URL]: backend.url }, storage: new Map<string, string>(), ...options.device })
  return hold({ emulator, app, person, backend }, device, createTestClock(), options.client)
}

function hold(around: Pick<Phone, 'emulator' | 'app' | 'person' | 'backend'>, device: Device, clock: TestClock, options?: Partial<ClientOptions>): Phone {
  const another = (more: Partial<ClientOptions> = {}) => createClient({ baseURL: BASE_URL, runtime: device.wx, clock, ...options, ...more })
  return {
    ...around, device, clock, another,
    client: another(),
    calls: (api) => device.calls.filter((call) => call.api === api).length,
    stored: () => Object.fromEntries(device.wx.getStorageInfoSync().keys.map((key) => [key, device.wx.getStorageSync(key)])),
    relaunch: (more = {}) => hold(around, device.relaunch(), clock, { ...options, ...more }),
  }
}

function createTestClock(): TestClock {
  const timers = new Map<symbol, { due: number, run: () => void }>()
  const clock: TestClock = {
    skew: 0,
    now: () => emulator.clock.now() + clock.skew,
    setTimeout(run, ms) {
      const timer = Symbol('timer')
      timers.set(timer, { due: emulator.clock.now() + ms, run })
      return timer
    },
    clearTimeout(timer) { timers.delete(timer as symbol) },
    nextDue: () => Math.min(...[...timers.values()].map(({ due }) => due)) - emulator.clock.now(),
    advance(ms) {
      emulator.clock.advance(ms)
      for (const [timer, { due, run }] of timers) {
        if (due <= emulator.clock.now() && timers.delete(timer)) run()
      }
    },
  }
  return clock
}

/** The event of `<button open-type="…">` that the person taps. */
export async function tapped(device: Device, openType: OpenType, tap?: ButtonTap): Promise<{ readonly detail: ButtonDetail }> {
  const detail = await device.tapButton(openType, tap)
  if (detail === undefined) throw new Error(`${openType} gave no event`)
  return { detail }
}

/** What a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<AuthError> {
  try {
    await promise
  } catch (error) {
    return error as AuthError
  }
  throw new Error('it did not reject')
}

/** What a promise becomes while time goes by. */
export async function inTime<T>(clock: TestClock, promise: Promise<T>): Promise<T> {
  let over = false
  const end = () => { over = true }
  promise.then(end, end)
  for (;;) {
    await settle()
    if (over) return promise
    clock.advance(1000)
  }
}

/** Waits until something holds. */
export function until(holds: () => boolean): Promise<void> {
  return vi.waitUntil(holds, { timeout: 3000, interval: 1 }).then(() => undefined)
}

/** So many copies of a call. */
export function times<T>(count: number, call: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => call(index))
}

/** A turn of the loop, and the rest of what a loopback request needs. */
export function breath(): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, 1) })
}

/** Long enough for a stray request to show up. */
export function settle(): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, 30) })
}
