// What phone and simulator say to each other: over the WebSocket of a phone, in its document, and for calls that must answer at once.

/** What the phone's document is told when it is loaded. */
export interface Launch {
  /** Id of the phone. */
  readonly phone: string
  /** Counts the launches of the phone: messages of an older document are refused. */
  readonly launch: number
  readonly baseLibrary: string
  /** How each function of wx is called: the others do not exist. */
  readonly functions: Readonly<Record<string, 'callbacks' | 'promise' | 'task' | 'listener' | 'direct'>>
  /** Objects of wx that are not emulated. */
  readonly notEmulated: readonly string[]
  /** `wx.env`. */
  readonly env: { readonly USER_DATA_PATH: string }
  /** What the base library has of the fill-in. */
  readonly fillIn: { readonly chooseAvatar: boolean, readonly nickname: boolean }
  readonly person: { readonly nickName: string, readonly avatarUrl: string }
  readonly app: { readonly appid: string, readonly name: string }
  /** Public origins that the emulator carries to another address. */
  readonly domains: readonly string[]
  /** The emulator's time minus the computer's, in ms. */
  readonly clockOffset: number
}

/** From the phone. */
export type FromPhone =
  | { readonly type: 'call', readonly id: number, readonly api: string, readonly options: unknown, readonly tap: boolean }
  | { readonly type: 'abort', readonly id: number }
  /** A method of the task that the call `task` returned; `id` is that of the method's own call. */
  | { readonly type: 'method', readonly id: number, readonly task: number, readonly method: string, readonly options: unknown }
  /** Adds a listener (`api` is on…); unlisten takes it off. */
  | { readonly type: 'listen', readonly id: number, readonly api: string }
  | { readonly type: 'unlisten', readonly id: number }
  /** Calls the function that a listener was given. */
  | { readonly type: 'reply', readonly reply: number, readonly value: unknown }
  /** The switches of the settings page. */
  | { readonly type: 'settings', readonly question: number, readonly authSetting: Readonly<Record<string, boolean>> }
  | { readonly type: 'answer', readonly question: number, readonly allow: boolean }
  /** The person comes back to the mini program. */
  | { readonly type: 'return' }
  | { readonly type: 'tap', readonly label: string }
  | { readonly type: 'error', readonly message: string, readonly at: string }
  | { readonly type: 'page', readonly route: string, readonly title: string }

/** What WeChat asks the person. */
export interface Sheet {
  readonly question: number
  readonly api: string
  readonly scope?: string
  readonly desc?: string
}

/** To the phone. */
export type ToPhone =
  | { readonly type: 'settled', readonly id: number, readonly ok: boolean, readonly result: unknown }
  /** An event of the task that the call `id` returned. */
  | { readonly type: 'event', readonly id: number, readonly event: string, readonly result: unknown }
  /** What the listener `id` hears; with `reply` its first argument is a function, called by a message of that number. */
  | { readonly type: 'heard', readonly id: number, readonly args: unknown, readonly reply?: number }
  | { readonly type: 'ask', readonly sheet: Sheet }
  | { readonly type: 'settings', readonly question: number, readonly authSetting: Readonly<Record<string, boolean>> }
  /** The person leaves the mini program, or comes back. */
  | { readonly type: 'visibility', readonly hidden: boolean }
  /** The emulator's clock was moved: its time minus the computer's, in ms. */
  | { readonly type: 'clock', readonly offset: number }

/** A call that answers at once. */
export interface DirectCall {
  readonly launch: number
  readonly api: string
  readonly args: unknown
  readonly tap: boolean
}

/** Its answer, or what the function threw. */
export type DirectAnswer = { readonly value: unknown } | { readonly error: string }

/** A <web-view> wants to open a page; the answer is a WebPage of the runtime. */
export interface WebPageWish {
  readonly launch: number
  readonly source: string
}

/** Close code of a WebSocket whose document is no longer the phone's. */
export const REPLACED = 4001
/** Where everything of the simulator lies. */
export const PREFIX = '/_emulator/simulator'
/**
 * Path on the emulator's port of what a web page in a <web-view> loads in place of WeChat's jweixin: `wx.miniProgram`.
 *
 * ```ts
 * const script = `<script src="${emulator.url}${JWEIXIN}"></script>`
 * ```
 */
export const JWEIXIN = '/_emulator/simulator/jweixin.js'
