// What the document around the phone (the simulator's iframe, or jsdom in tests) supplies.

/** Told when the dispatch of a tap begins and ends: calls that need a tap are allowed only in between. */
export interface GestureDepth {
  /** A tap begins: until leave(), calls count as "by user TAP gesture". */
  enter(): void
  leave(): void
}

/** Depth, or what runs a handler as a tap's (the emulator's Device is one). */
export type Gesture = GestureDepth | { tap<T>(handler: () => T): T }

/** Where the mini program's console goes. */
export interface PhoneConsole {
  log(...values: unknown[]): void
  info(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
  debug(...values: unknown[]): void
}

/** An error of the mini program, with the source line it came from. */
export interface ErrorReport {
  readonly message: string
  /** Where in the program, when it is known: 'pages/index/index.js:12'. */
  readonly at?: string
  /** What was running: 'listener tap', 'onLoad', 'lifetime attached'. */
  readonly during: string
  readonly stack: string
}

/** What the host may show of the page on top. */
export interface NavigationEntry {
  readonly route: string
  readonly query: Readonly<Record<string, string>>
  readonly depth: number
  readonly title: string
}

/** The button of an open-type: agreePrivacyAuthorization needs its id. */
export interface OpenTypeButton {
  readonly id: string
  readonly lang?: string
}

/** What `App.onLaunch` gets. */
export interface LaunchOptions {
  /** First page; default: app.json's entry page. */
  readonly path?: string
  readonly query?: Readonly<Record<string, string>>
  readonly scene?: number
}

/** What WeChat's check of a typed nickname says. */
export interface NicknameReview {
  readonly pass: boolean
  readonly timeout: boolean
}

/** Where the web page of a <web-view> really is, or why WeChat would not show it: the domain is not listed, or nobody answers there. */
export type WebPage = { readonly address: string } | { readonly refused: 'domain' | 'network' }

/** What a web page in a <web-view> asks of the mini program around it: `wx.miniProgram.<api>(options)`, by postMessage to its parent. */
export interface WebPageCall {
  readonly miniProgram: string
  readonly id: number
  readonly options: unknown
}

/** The answer to a call, by postMessage to the web page. */
export interface WebPageAnswer {
  readonly miniProgramAnswer: number
  readonly ok: boolean
  readonly result: { readonly errMsg: string }
}

/** What surrounds the phone: where it is drawn, its `wx`, and the sheets that only the host can show. */
export interface PhoneHost {
  /** The emulator's `wx` for one device; the phone adds pages, sheets and navigation over it (wx-ui.ts). */
  readonly wx: object
  readonly mount: HTMLElement
  readonly console: PhoneConsole
  readonly gesture: Gesture
  readonly launch?: LaunchOptions
  onError?(report: ErrorReport): void
  onNavigate?(entry: NavigationEntry): void
  /**
   * Called in the tap on <button open-type="…">; resolves to the event's detail, or undefined for no event.
   * No promise, or no function: getUserInfo and openSetting call `wx`, every other open-type reports that it is not supported.
   */
  openType?(name: string, button: OpenTypeButton): Promise<unknown> | undefined
  /** The nickname that the keyboard offers above <input type="nickname">. */
  suggestNickname?(): Promise<string | undefined>
  /** WeChat's check of a typed nickname, on blur; a failing value is cleared. */
  reviewNickname?(value: string): Promise<NicknameReview>
  /** Address of a picture: a path of the program ('/images/a.png') or a temporary path of the device. */
  resolveAsset?(source: string): string
  /** Whether and where a <web-view> may open the page. Absent: there is no browser, and the element says so. */
  openWebPage?(source: string): Promise<WebPage>
}
