import { describe, expect, it } from 'vitest'
import { startProgram } from '../fixtures/program.js'
import type { TestPhone } from '../create-phone.js'

const LOGGED = ['onLoad', 'onShow', 'onReady', 'onHide', 'onUnload']
const hooks = (name: string): string => LOGGED.map((hook) => `${hook}() { console.log('${name} ${hook}') }`).join(', ')
const logged = (phone: TestPhone): string[] => phone.console.filter(({ level }) => level === 'log').map(({ text }) => text)

describe('lifecycles', () => {
  it('run in WeChat\'s order for a page with a component', async () => {
    const phone = startProgram({
      'app.js': `console.log('app module'); App({ onLaunch(o) { console.log('launch', o.path, getApp() === this) }, onShow() { console.log('app show') } })`,
      'p/a.js': `console.log('page module', typeof getApp().onLaunch); Page({ ${hooks('page')} })`,
      'p/a.wxml': '<card/>', 'p/a.json': '{ "usingComponents": { "card": "../c/card" } }',
      'c/card.json': '{ "component": true }', 'c/card.wxml': '<view/>',
      'c/card.js': `Component({ lifetimes: { created() { console.log('created') }, attached() { console.log('attached') }, ready() { console.log('ready') }, detached() { console.log('detached') } },
        pageLifetimes: { show() { console.log('component show') }, hide() { console.log('component hide') } } })`,
    })
    await phone.settle()
    expect(logged(phone)).toEqual([
      'app module', 'launch p/a true', 'app show', 'page module function', 'created', 'attached',
      'page onLoad', 'component show', 'page onShow', 'ready', 'page onReady',
    ])
    phone.open('p/a')
    expect(logged(phone).slice(11, 13)).toEqual(['page onUnload', 'detached'])
  })

  it('run in the same order for a component used as a page, its query as typed properties first', async () => {
    const phone = startProgram({
      'p/a.js': `Component({ properties: { q: String, n: Number }, lifetimes: { attached() { console.log('attached', this.data.q, typeof this.data.n) } },
        pageLifetimes: { show() { console.log('show') } }, methods: { onLoad(o) { console.log('onLoad', o.q) }, onShow() { console.log('onShow') } } })`,
      'p/a.json': '{ "component": true }',
    }, { query: { q: '你', n: '3' } })
    await phone.settle()
    expect(logged(phone)).toEqual(['attached 你 number', 'onLoad 你', 'show', 'onShow'])
  })

  it('hide a page under another, keep its state, and show it again on the way back', async () => {
    const phone = startProgram({
      'app.json': '{ "pages": ["p/a", "p/b"] }', 'p/b.wxml': '<view/>', 'p/b.js': `Page({ ${hooks('b')} })`,
      'p/a.js': `Page({ data: { n: 0 }, ${hooks('a')}, go() { this.setData({ n: 7 }); wx.navigateTo({ url: '../p/b?x=1' }) } })`,
      'p/a.wxml': '<button bindtap="go">{{n}}</button>',
    })
    await phone.settle()
    phone.tap('button')
    await phone.settle()
    expect(phone.pages()).toEqual(['p/a', 'p/b'])
    phone.tap('.phone-back')
    await phone.settle()
    expect(logged(phone)).toEqual(['a onLoad', 'a onShow', 'a onReady', 'a onHide', 'b onLoad', 'b onShow', 'b onReady', 'b onUnload', 'a onShow'])
    expect(phone.text()).toBe('7')
  })

  it('tell page and app when WeChat goes to the background and comes back', () => {
    const phone = startProgram({
      'app.js': `App({ onShow() { console.log('app show') }, onHide() { console.log('app hide') } })`, 'p/a.js': `Page({ ${hooks('page')} })`,
    })
    phone.running.hide()
    phone.running.show()
    expect(logged(phone).slice(-4)).toEqual(['page onHide', 'app hide', 'app show', 'page onShow'])
  })

  it('find the page among getCurrentPages from its first line on', () => {
    const phone = startProgram({ 'p/a.js': `Page({ onLoad() { const pages = getCurrentPages(); console.log(pages.length, pages[0] === this, pages[0].route); wx.setNavigationBarTitle({ title: 'set' }) } })` })
    expect(logged(phone)).toEqual(['1 true p/a'])
    expect(phone.text('.phone-title')).toBe('set')
  })

  it('follow a page that goes elsewhere in its onLoad', async () => {
    const phone = startProgram({
      'app.json': '{ "pages": ["p/a", "p/b"] }', 'p/b.wxml': '<view/>', 'p/b.js': `Page({ ${hooks('b')} })`,
      'p/a.js': `Page({ onLoad() { wx.redirectTo({ url: 'b' }) }, onShow() { console.log('a onShow') }, onReady() { console.log('a onReady') } })`,
    })
    await phone.settle()
    expect(phone.pages()).toEqual(['p/b'])
    expect(logged(phone).filter((line) => line.startsWith('b'))).toEqual(['b onLoad', 'b onShow', 'b onReady'])
  })

  it('leave no style element behind when pages open and close', () => {
    const phone = startProgram({ 'app.wxss': '.x{color:red}', 'p/a.wxss': '.y{color:red}' })
    const before = phone.window.document.querySelectorAll('style').length
    for (let round = 0; round < 4; round++) phone.open('p/a')
    expect(phone.window.document.querySelectorAll('style').length).toBe(before)
    expect(phone.window.document.querySelectorAll('wx-page').length).toBe(1)
  })

  it('mix a behavior into a page', () => {
    const phone = startProgram({
      'p/a.js': `const counting = Behavior({ data: { n: 2 }, methods: { twice() { return this.data.n * 2 } } }); Page({ behaviors: [counting], onLoad() { this.setData({ t: this.twice() }) } })`, 'p/a.wxml': '{{t}}',
    })
    expect(phone.text()).toBe('4')
  })
})

describe('globals of a program', () => {
  it('lack what a browser has and keep what WeChat has', () => {
    const phone = startProgram({ 'p/a.js': `Page({ onLoad() { this.setData({ types: [typeof window, typeof document, typeof fetch, typeof localStorage, typeof setTimeout, typeof Promise].join() }) } })` })
    expect(phone.data().types).toBe('undefined,undefined,undefined,undefined,function,function')
  })

  it('lack it as members of globalThis too, which is otherwise the global object', () => {
    const phone = startProgram({ 'p/a.js': `globalThis.mine = 1; globalThis.fetch = 2
      Page({ onLoad() { globalThis.setTimeout(() => this.setData({ late: true })); this.setData({
        hidden: [globalThis.document, globalThis.window, globalThis.top, 'document' in globalThis, typeof fetch].join(),
        seen: [mine, globalThis.mine, globalThis.fetch, globalThis.globalThis === globalThis, globalThis.Promise === Promise, globalThis.wx === wx, 'Date' in globalThis].join(),
      }) } })` })
    expect(phone.data()).toEqual({ hidden: ',,,false,undefined', seen: '1,1,2,true,true,true,true' })
    return phone.settle().then(() => { expect(phone.data().late).toBe(true) })
  })

  it('may be declared anew by a module', () => {
    const phone = startProgram({ 'p/a.js': `const location = 'here'\nfunction confirm() { return location }\nPage({ onLoad() { this.setData({ at: confirm() }) } })` })
    expect(phone.data().at).toBe('here')
  })
})
