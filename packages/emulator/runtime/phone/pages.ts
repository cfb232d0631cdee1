import type { AppBundle, WindowConfig } from '../app-bundle.js'
import type { Environment } from './environment.js'
import type { ErrorReporter } from './errors.js'
import type { EventChannel } from './event-channel.js'
import { createEventChannel } from './event-channel.js'
import type { Instance, PageRoot } from './glass-easel.js'
import { createPageRoot } from './glass-easel.js'
import type { PageUrl } from './page-url.js'

export interface OpenPage extends PageUrl {
  readonly instance: Instance
  readonly element: HTMLElement
  readonly channel: EventChannel
  /** Its navigation bar, as its JSON and its calls have it. */
  window: WindowConfig
  readonly isClosed: () => boolean
  call(hook: string, value?: unknown): void
  show(): void
  hide(): void
  close(): void
}

export interface PageOpener {
  /** `created` is told before any code of the page runs: onLoad must find itself among getCurrentPages(). */
  open(url: PageUrl, created: (page: OpenPage) => void): OpenPage
}

export function createPageOpener(bundle: AppBundle, { space, backend }: Environment, screen: HTMLElement, errors: ErrorReporter): PageOpener {
  const open: PageOpener['open'] = (url, created) => {
    // With the query in the url a Component page gets it as properties, before `attached` (gotcha 20).
    const root = createPageRoot(backend, space, url.search === '' ? url.route : `${url.route}?${url.search}`)
    const page = createPage(url, root, { ...bundle.app.window, ...bundle.comps[url.route]?.json }, errors)
    page.element.setAttribute('is', url.route)
    const placeholder = screen.appendChild(document.createElement('span'))
    created(page)
    root.attach(screen, placeholder)
    watchScroll(page)
    page.call('onLoad', url.query)
    // onLoad may have gone elsewhere.
    if (!page.isClosed()) page.show()
    requestAnimationFrame(() => { if (!page.isClosed()) page.call('onReady') })
    return page
  }
  return { open }
}

function createPage(url: PageUrl, root: PageRoot, window: WindowConfig, errors: ErrorReporter): OpenPage {
  const { instance, component } = root
  const { route } = url
  const element = component.$$
  const channel = createEventChannel()
  Object.assign(instance, { route, __route__: route, options: url.query, getOpenerEventChannel: () => channel })
  let closed = false
  const call = (hook: string, value?: unknown): void => {
    const method = instance[hook]
    if (typeof method === 'function') errors.guard(`${hook} of ${route}`, () => (method as (value: unknown) => unknown).call(instance, value))
  }
  return {
    ...url, instance, element, channel, window, call,
    isClosed: () => closed,
    show: () => {
      element.style.display = ''
      component.triggerPageLifetime('show', [])
      call('onShow')
    },
    hide: () => {
      call('onHide')
      component.triggerPageLifetime('hide', [])
      element.style.display = 'none'
    },
    close: () => {
      closed = true
      call('onUnload')
      root.release()
      // release() leaves the node in the document (gotcha 19).
      element.remove()
    },
  }
}

const BOTTOM_PX = 50

function watchScroll({ element, call }: OpenPage): void {
  let wasAtBottom = false
  element.addEventListener('scroll', () => {
    call('onPageScroll', { scrollTop: element.scrollTop })
    const atBottom = element.scrollHeight - element.clientHeight - element.scrollTop <= BOTTOM_PX
    if (atBottom && !wasAtBottom) call('onReachBottom')
    wasAtBottom = atBottom
  })
}
