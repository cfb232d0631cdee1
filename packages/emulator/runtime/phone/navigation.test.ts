import { describe, expect, it } from 'vitest'
import type { TestPhone } from '../create-phone.js'
import { startProgram } from '../fixtures/program.js'
import { parsePageUrl, parseQuery } from './page-url.js'

const FILES = {
  'app.json': `{ "pages": ["p/a", "p/b", "t/one", "t/two"], "window": { "navigationBarTitleText": "app" },
    "tabBar": { "list": [{ "pagePath": "t/one", "text": "一" }, { "pagePath": "t/two", "text": "二" }] } }`,
  ...Object.fromEntries(['p/b', 't/one', 't/two'].flatMap((path) => [
    [`${path}.wxml`, `<text>${path}</text>`], [`${path}.json`, `{ "navigationBarTitleText": "${path}" }`],
    [`${path}.js`, `Page({ onLoad() { console.log('load ${path}') }, onUnload() { console.log('unload ${path}') } })`],
  ])),
}
const start = (page?: string): TestPhone => startProgram(FILES, page === undefined ? {} : { page })

type Api = (options: Record<string, unknown>) => Promise<{ errMsg: string }>
const call = async (phone: TestPhone, api: string, options: Record<string, unknown> = {}): Promise<string> => {
  const answer = await (phone.running.wx[api] as Api)(options).catch((error: unknown) => error as { errMsg: string })
  return answer.errMsg
}

describe('navigation', () => {
  it('opens, replaces and closes pages, with the bar\'s title', async () => {
    const phone = start()
    const title = (): string | null | undefined => phone.window.document.querySelector('.phone-title')?.textContent
    expect(title()).toBe('app')
    expect(await call(phone, 'navigateTo', { url: '/p/b' })).toBe('navigateTo:ok')
    expect(title()).toBe('p/b')
    await call(phone, 'redirectTo', { url: 'b?again=1' })
    expect(phone.pages()).toEqual(['p/a', 'p/b'])
    await call(phone, 'navigateTo', { url: '../p/a' })
    expect(await call(phone, 'navigateBack', { delta: 9 })).toBe('navigateBack:ok')
    expect(phone.pages()).toEqual(['p/a'])
    expect(phone.window.document.querySelectorAll('wx-page')).toHaveLength(1)
  })

  it.each([
    { api: 'navigateTo', options: { url: '/no/page' }, errMsg: 'navigateTo:fail page "no/page" is not found' },
    { api: 'navigateTo', options: { url: '/t/one' }, errMsg: 'navigateTo:fail can not navigateTo a tabbar page' },
    { api: 'switchTab', options: { url: '/p/b' }, errMsg: 'switchTab:fail can not switch to no-tabBar page' },
    { api: 'navigateBack', options: {}, errMsg: 'navigateBack:fail cannot navigate back at first page.' },
  ])('refuses: $errMsg', async ({ api, options, errMsg }) => {
    const phone = start()
    expect(await call(phone, api, options)).toBe(errMsg)
    expect(phone.pages()).toEqual(['p/a'])
  })

  it('holds ten pages at most', async () => {
    const phone = start()
    for (let depth = 2; depth <= 10; depth++) expect(await call(phone, 'navigateTo', { url: '/p/b' })).toBe('navigateTo:ok')
    expect(await call(phone, 'navigateTo', { url: '/p/b' })).toBe('navigateTo:fail webview count limit exceed')
  })

  it('keeps tab pages alive, and closes what lay over them', async () => {
    const phone = start('t/one')
    await call(phone, 'navigateTo', { url: '/p/b' })
    await call(phone, 'switchTab', { url: '/t/two' })
    phone.tap('.phone-tab:first-child')
    expect(phone.pages()).toEqual(['t/one'])
    expect(phone.console.map(({ text }) => text)).toEqual(['load t/one', 'load p/b', 'unload p/b', 'load t/two'])
    await call(phone, 'reLaunch', { url: '/p/a' })
    expect(phone.console.map(({ text }) => text).slice(4).sort()).toEqual(['unload t/one', 'unload t/two'])
    expect(phone.find('.phone-tabs')?.hasAttribute('hidden') ?? true).toBe(true)
  })

  it('lets the two pages talk over an event channel', () => {
    const phone = startProgram({
      'app.json': '{ "pages": ["p/a", "p/b"] }', 'p/b.wxml': '<view/>', 'p/b.js': 'Page({ onLoad() { const c = this.getOpenerEventChannel(); c.on("down", (v) => { console.log(v); c.emit("up", "up") }) } })',
      'p/a.wxml': '<button bindtap="go"/>', 'p/a.js': 'Page({ go() { wx.navigateTo({ url: "b", events: { up: (v) => console.log(v) }, success: ({ eventChannel }) => eventChannel.emit("down", "down") }) } })',
    })
    phone.tap('button')
    return phone.settle().then(() => { expect(phone.console.map(({ text }) => text)).toEqual(['down', 'up']) })
  })

  it('tells the host of every page', () => {
    const entries: unknown[] = []
    startProgram(FILES, { query: { q: '你 &' }, onNavigate: (entry) => { entries.push({ ...entry, query: { ...entry.query } }) } })
    expect(entries).toEqual([{ route: 'p/a', query: { q: '你 &' }, depth: 1, title: 'app' }])
  })
})

describe('the address of a page', () => {
  it.each([
    ['/p/b?x=1', 'q/c', 'p/b', { x: '1' }], ['b', 'p/a', 'p/b', {}], ['./b', 'p/a', 'p/b', {}], ['../q/c?y=%E4%BD%A0', 'p/a', 'q/c', { y: '你' }], ['/p/b.html', '', 'p/b', {}],
  ])('%s seen from %s is %s', (url, from, route, query) => {
    expect(parsePageUrl(url, from)).toMatchObject({ route, query })
  })

  it('may hold = and broken escapes in a value', () => {
    expect(parseQuery('a=b=c&d=%zz&e')).toEqual({ a: 'b=c', d: '%zz', e: '' })
  })
})
