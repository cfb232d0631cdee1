import type { AppBundle } from '../app-bundle.js'
import type { AppHolder } from './app-instance.js'
import { createAppHolder } from './app-instance.js'
import { createChrome } from './chrome/chrome.js'
import { createErrorPanel, drawCompileErrors } from './chrome/error-panel.js'
import { createEnvironment } from './environment.js'
import type { ErrorReporter } from './errors.js'
import { createErrorReporter, UNHANDLED_REJECTION } from './errors.js'
import type { PhoneHost } from './host.js'
import type { ModuleLoader } from './modules.js'
import { createModuleLoader } from './modules.js'
import type { Navigation } from './navigation.js'
import { createNavigation } from './navigation.js'
import { createPageOpener } from './pages.js'
import type { OpenPage } from './pages.js'
import { printQuery } from './page-url.js'
import { createTagHooks } from './tag-hooks.js'
import { followTheme } from './theme.js'
import { createWx } from './wx-ui.js'

/** A phone that runs. */
export interface RunningPhone {
  readonly navigation: Navigation
  /** What the program sees as wx. */
  readonly wx: Readonly<Record<string, unknown>>
  /** A finger that rested on the element (tests need not wait). */
  longPress(element: Element): void
  /** WeChat goes to the background, and comes back. */
  hide(): void
  show(): void
}

/** Runs the program in this document: once per document, for glass-easel listens on its body (gotcha 30). */
export function boot(bundle: AppBundle, host: PhoneHost): RunningPhone | undefined {
  if (bundle.errors !== undefined) {
    drawCompileErrors(host.mount, bundle.errors)
    return undefined
  }
  const errors = createErrorReporter(bundle, host)
  const app = createAppHolder(errors, host.console)
  const chrome = createChrome(host.mount, bundle.app, {
    back: () => { errors.guard('back', () => { navigation.navigateBack() }) },
    switchTab: (route) => { errors.guard('switchTab', () => { navigation.switchTab(`/${route}`) }) },
    resolveAsset: (source) => host.resolveAsset?.(source) ?? source,
  })
  const panel = createErrorPanel(chrome.overlay)
  // WeChat only prints a promise that nobody watched: often a sheet that was cancelled.
  errors.listen((report) => { if (report.during !== UNHANDLED_REJECTION) panel.add(report) })

  const environment = createEnvironment(bundle, host, createTagHooks(host, chrome, errors, () => wx))
  const redraw = (): void => {
    const page = navigation.current()
    if (page === undefined) return
    chrome.navigation.draw(theme.resolve(page.window), navigation.stack.length > 1)
    chrome.tabs.draw(navigation.isTab(page.route) ? page.route : undefined)
  }
  const theme = followTheme(bundle.app, redraw)
  const changed = (page: OpenPage): void => {
    redraw()
    host.onNavigate?.({ route: page.route, query: page.query, depth: navigation.stack.length, title: page.window.navigationBarTitleText ?? '' })
  }
  const navigation = createNavigation(bundle, createPageOpener(bundle, environment, chrome.screen, errors), changed)
  const launch = launchOptions(bundle, host)
  const wx = createWx({ host, chrome, navigation, launch, redraw })
  const loader = createModuleLoader(bundle, environment.space, errors, {
    wx, console: host.console, App: app.register, getApp: app.get, getCurrentPages: () => navigation.stack.map(({ instance }) => instance),
  })

  start(bundle, app, launch, errors, loader, navigation)
  return { navigation, wx, longPress: environment.longPress, ...watchVisibility(app, navigation, launch) }
}

/** Boot order of simulator.md §4.3. */
function start(bundle: AppBundle, app: AppHolder, launch: Launch, errors: ErrorReporter, loader: ModuleLoader, navigation: Navigation): void {
  const load = (file: string): void => {
    if (bundle.js[file] !== undefined) errors.guard(`loading ${file}`, () => { loader.load(file) })
  }
  load(bundle.js['app.ts'] === undefined ? 'app.js' : 'app.ts')
  app.call('onLaunch', launch)
  app.call('onShow', launch)
  for (const { script } of Object.values(bundle.comps)) load(script)
  errors.guard('opening the first page', () => { navigation.reLaunch(`/${launch.path}${printSearch(launch.query)}`) })
}

function watchVisibility(app: AppHolder, navigation: Navigation, launch: Launch): Pick<RunningPhone, 'hide' | 'show'> {
  const hide = (): void => {
    navigation.current()?.call('onHide')
    app.call('onHide')
  }
  const show = (): void => {
    app.call('onShow', launch)
    navigation.current()?.call('onShow')
  }
  document.addEventListener('visibilitychange', () => (document.hidden ? hide : show)())
  return { hide, show }
}

const printSearch = (query: Readonly<Record<string, string>>): string => Object.keys(query).length === 0 ? '' : `?${printQuery(query)}`

interface Launch extends Record<string, unknown> {
  path: string
  query: Readonly<Record<string, string>>
}

function launchOptions({ app }: AppBundle, { launch = {} }: PhoneHost): Launch {
  // 1001: the list of mini programs that the person used.
  return { path: launch.path ?? app.entryPagePath ?? app.pages[0] ?? '', query: launch.query ?? {}, scene: launch.scene ?? 1001, shareTicket: undefined, referrerInfo: {} }
}
