// The contract of compiler and phone: what an app bundle puts into globalThis.__mp__. Types only.

export interface TabItem {
  pagePath: string
  text: string
  iconPath?: string
  selectedIconPath?: string
}

export interface WindowConfig {
  navigationBarTitleText?: string
  navigationBarBackgroundColor?: string
  navigationBarTextStyle?: 'black' | 'white'
  navigationStyle?: 'default' | 'custom'
  backgroundColor?: string
  enablePullDownRefresh?: boolean
}

export interface AppConfig {
  pages: string[]
  entryPagePath?: string
  window?: WindowConfig
  tabBar?: { list: TabItem[], color?: string, selectedColor?: string, backgroundColor?: string, custom?: boolean }
  usingComponents?: Record<string, string>
  darkmode?: boolean
  /** Values of theme.json. */
  themes?: { light?: Record<string, string>, dark?: Record<string, string> }
}

export interface ComponentJson extends WindowConfig {
  component?: boolean
  usingComponents?: Record<string, string>
  componentGenerics?: Record<string, true | { default?: string }>
  styleIsolation?: string
  addGlobalClass?: boolean
  [key: string]: unknown
}

export interface HandlerUse {
  name: string
  file: string
  line: number
  column: number
}

export interface ComponentEntry {
  json: ComponentJson
  page: boolean
  /** File of its script. */
  script: string
  /** Class prefix of its style sheet, where that is its own. */
  scope?: string
  /** Handler names that its WXML uses, for the warning about names the script lacks. */
  handlers: HandlerUse[]
}

export type ModuleFunction = (...values: unknown[]) => void

export interface ScriptModule {
  run: ModuleFunction
  /** Specifier as written → file of the bundle. */
  requires: Record<string, string>
  /** First line of its code in the bundle, and for each of its lines the line of the source (0: none). */
  firstLine: number
  lines: number[]
}

export interface BundleDiagnostic {
  file: string
  line: number
  column: number
  message: string
}

export interface AppBundle {
  app: AppConfig
  comps: Record<string, ComponentEntry>
  wxss: Record<string, string>
  templates: Record<string, (name: string) => unknown>
  js: Record<string, ScriptModule>
  /** JSON files that scripts require. */
  json: Record<string, unknown>
  /** Present when the program did not compile: the phone shows these and runs nothing. */
  errors?: BundleDiagnostic[]
}

/** Name under which V8 prints the bundle in stack traces. */
export const APP_BUNDLE_NAME = 'app-bundle.js'
/** Parameters of a module's function, in order: the mini program's globals … */
export const MODULE_GLOBALS: readonly string[] = [
  'require', 'module', 'exports', 'wx', 'App', 'Page', 'Component', 'Behavior', 'getApp', 'getCurrentPages', 'console', 'requirePlugin', 'globalThis',
]
/** … and what WeChat does not have: passed as undefined, so that feature detection answers as on a phone. */
export const HIDDEN_GLOBALS: readonly string[] = [
  'window', 'document', 'self', 'localStorage', 'sessionStorage', 'indexedDB', 'XMLHttpRequest', 'fetch', 'WebSocket',
  'location', 'history', 'navigator', 'alert', 'confirm', 'prompt',
]
