import { make } from '../chrome/element.js'
import type { Tag, TagDefinition, TagHooks } from '../define-tag.js'
import type { WebPage, WebPageAnswer, WebPageCall } from '../host.js'

/** What a page may call by wx.miniProgram and the phone carries out; postMessage waits in the tag. */
const CALLS: readonly string[] = ['navigateTo', 'navigateBack', 'switchTab', 'reLaunch', 'redirectTo']
/** No allow-top-navigation: the page must not lead the simulator away. */
const SANDBOX = 'allow-scripts allow-same-origin allow-forms allow-modals allow-downloads'

export const WEB_VIEW: TagDefinition = {
  name: 'web-view',
  properties: { src: 'string' },
  setup: (tag, hooks) => {
    let shown = ''
    let bridge: Bridge | undefined
    const leave = (): void => {
      shown = ''
      bridge?.close()
      bridge = undefined
      tag.element.replaceChildren()
    }
    const open = async (source: string): Promise<void> => {
      leave()
      shown = source
      if (source === '') return
      const page = await hooks.openWebPage(source)
      // Another address may have come meanwhile, or the page may be gone.
      if (shown !== source) return
      if (page === undefined || 'refused' in page) return refuse(tag, source, page)
      const frame = createFrame(tag, source, page.address)
      bridge = createBridge(frame, tag, hooks)
      tag.element.append(frame)
    }
    return { changed: { src: (source: string) => { void open(source) } }, detached: leave }
  },
}

function createFrame(tag: Tag, source: string, address: string): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  frame.title = source.replace(/[?#].*$/s, '')
  frame.setAttribute('sandbox', SANDBOX)
  frame.addEventListener('load', () => { tag.trigger('load', { src: source }) })
  frame.src = address
  return frame
}

function refuse(tag: Tag, source: string, page: Extract<WebPage, { refused: string }> | undefined): void {
  const [title, ...lines] = page === undefined ? ['<web-view>', '这里没有浏览器，不打开网页。', 'There is no browser here: the page is not opened.', source] : REFUSALS[page.refused](source)
  tag.element.append(make('section', 'web-view-note', make('h2', '', title ?? ''), ...lines.map((line, at) => make(at === 0 ? 'p' : 'small', '', line))))
  if (page?.refused === 'network') tag.trigger('error', { src: source })
}

const REFUSALS: Readonly<Record<'domain' | 'network', (source: string) => readonly string[]>> = {
  // WeChat's own words; the last two lines are for the developer.
  domain: (source) => ['无法打开该页面', `不支持打开 ${source.replace(/[?#].*$/s, '')}，请在“小程序右上角更多->反馈与投诉”中和开发者反馈。`,
    '开发者：这个域名不在业务域名里。', 'Developer: this domain is not on the list of business domains.'],
  network: (source) => ['网页打不开', `${source.replace(/[?#].*$/s, '')} 没有回答。`, 'The page does not answer.'],
}

interface Bridge {
  /** Delivers what the page posted, as WeChat does when the element goes. */
  close(): void
}

/** Answers the frame's page, and nobody else. */
function createBridge(frame: HTMLIFrameElement, tag: Tag, hooks: TagHooks): Bridge {
  const posted: unknown[] = []
  const take = async ({ source, data, origin }: MessageEvent): Promise<void> => {
    if (source === null || source !== frame.contentWindow || !isCall(data)) return
    const { miniProgram, id, options } = data
    if (miniProgram === 'postMessage') posted.push((options as { data?: unknown } | undefined)?.data)
    // The rest of a result, as navigateTo's eventChannel, cannot leave the mini program.
    const { errMsg } = miniProgram === 'postMessage' ? { errMsg: 'postMessage:ok' } : await carryOut(miniProgram, options, hooks)
    const answer: WebPageAnswer = { miniProgramAnswer: id, ok: /:ok$/.test(errMsg), result: { errMsg } }
    frame.contentWindow?.postMessage(answer, origin)
  }
  const listen = (event: MessageEvent): void => { void take(event) }
  window.addEventListener('message', listen)
  return {
    close: () => {
      window.removeEventListener('message', listen)
      if (posted.length > 0) tag.trigger('message', { data: posted.splice(0) })
    },
  }
}

function carryOut(api: string, options: unknown, hooks: TagHooks): Promise<{ errMsg: string }> | { errMsg: string } {
  if (!CALLS.includes(api)) return { errMsg: `${api}:fail the simulator has no wx.miniProgram.${api}` }
  const { url, delta } = (options ?? {}) as Record<string, unknown>
  return hooks.callForWebPage(api, { url, delta })
}

const isCall = (data: unknown): data is WebPageCall => typeof data === 'object' && data !== null && typeof (data as WebPageCall).miniProgram === 'string'
