import { describe, expect, it } from 'vitest'
import { startProgram } from '../fixtures/program.js'

/** A page that uses <c>. */
const withComponent = (page: string, wxml: string, js: string, more: Record<string, string> = {}) => startProgram({
  'p/a.wxml': page, 'p/a.json': '{ "usingComponents": { "c": "../c/c" } }', 'c/c.json': '{ "component": true }', 'c/c.wxml': wxml, 'c/c.js': js, ...more,
})

describe('a custom component', () => {
  it('shows its slots, named ones too', () => {
    const phone = withComponent('<c><text slot="head">H</text><text>B</text></c>', '<slot name="head"/>-<slot/>', 'Component({ options: { multipleSlots: true } })')
    expect(phone.text()).toBe('H-B')
  })

  it('observes its properties and its data', () => {
    const phone = withComponent('<c n="{{2}}" list="{{l}}"/>', '{{twice}} {{sum}}', `Component({
      properties: { n: { type: Number, value: 1, observer(v, old) { console.log('n', v, old) } }, list: Array },
      observers: { n(n) { this.setData({ twice: n * 2 }) }, 'list.**'(list) { this.setData({ sum: list.reduce((a, b) => a + b, 0) }) } } })`, { 'p/a.js': 'Page({ data: { l: [1, 2, 3] } })' })
    expect(phone.text()).toBe('4 6')
    expect(phone.console.map(({ text }) => text)).toEqual(['n 2 1'])
  })

  it('takes behaviors, and external classes', () => {
    const phone = withComponent('<c my-class="red"/>', '<view class="own my-class">{{n}}</view>', `const b = Behavior({ data: { n: 3 } }); Component({ behaviors: [b], externalClasses: ['my-class'] })`)
    expect(phone.text()).toBe('3')
    expect(phone.find('.red')).toBeDefined()
  })

  it('knows its relations', () => {
    const phone = startProgram({
      'p/a.wxml': '<list><item/><item/></list>', 'p/a.json': '{ "usingComponents": { "list": "/c/list", "item": "/c/item" } }',
      'c/list.json': '{ "component": true }', 'c/list.wxml': '<slot/>', 'c/item.json': '{ "component": true }', 'c/item.wxml': '.',
      'c/list.js': `Component({ relations: { './item': { type: 'child' } }, lifetimes: { ready() { console.log(this.getRelationNodes('./item').length) } } })`,
      'c/item.js': `Component({ relations: { './list': { type: 'parent' } } })`,
    })
    return phone.settle().then(() => { expect(phone.console.map(({ text }) => text)).toEqual(['2']) })
  })

  it('draws generic components: the page\'s, or the default', () => {
    const row = (name: string) => ({ [`r/${name}.json`]: '{ "component": true }', [`r/${name}.wxml`]: `${name} {{n}}`, [`r/${name}.js`]: 'Component({ properties: { n: Number } })' })
    const phone = withComponent('<c generic:row="red"/>, <c/>', '<row n="{{7}}"/>', 'Component({})', {
      'p/a.json': '{ "usingComponents": { "c": "../c/c", "red": "../r/red" } }', 'c/c.json': '{ "component": true, "componentGenerics": { "row": { "default": "../r/plain" } } }', ...row('red'), ...row('plain'),
    })
    expect(phone.text()).toBe('red 7, plain 7')
  })

  it('reads nothing as the zero of a property\'s type, and says so', () => {
    const phone = withComponent('<c n="{{gone}}" s="{{nothing}}"/>', '{{n}} {{s}}', 'Component({ properties: { n: { type: Number, value: 3 }, s: { type: String, value: "d" } } })', { 'p/a.js': 'Page({ data: { nothing: null } })' })
    expect(phone.data()).toEqual({ nothing: null })
    expect(phone.find('c')?.textContent).toBe('0 ')
    expect(phone.console.map(({ level, text }) => [level, /"(\w)"/.exec(text)?.[1]])).toEqual([['warn', 'n'], ['warn', 's']])
  })

  it.each([
    'selectComponent', 'selectAllComponents', 'selectOwnerComponent', 'createSelectorQuery', 'createIntersectionObserver', 'createMediaQueryObserver',
    'groupSetData', 'triggerEvent', 'hasBehavior', 'getRelationNodes', 'setData',
  ])('has the method %s', (method) => {
    const phone = withComponent('<c/>', '{{type}}', `Component({ lifetimes: { attached() { this.setData({ type: typeof this.${method} }) } } })`)
    expect(phone.text()).toBe('function')
  })

  it('measures its nodes with createSelectorQuery', async () => {
    const phone = withComponent('<c/>', '<view id="one" data-n="{{5}}"/><view class="k"/><view class="k"/>', `Component({ lifetimes: { ready() {
      this.createSelectorQuery().select('#one').fields({ id: true, dataset: true, size: true }).selectAll('.k').boundingClientRect().exec(([one, all]) => console.log(one.id, one.dataset.n, one.width, all.length))
    } } })`)
    await phone.settle()
    expect(phone.console.map(({ text }) => text)).toEqual(['one 5 0 2'])
  })

  it('is found by selectComponent, by id and by class', () => {
    const phone = withComponent('<c id="one" class="k"/>', '<view/>', 'Component({ methods: { hi() { return "hi" } } })', {
      'p/a.js': 'Page({ onLoad() { this.setData({ r: this.selectComponent("#one").hi() + this.selectComponent(".k").hi() + this.selectAllComponents(".k").length }) } })',
    })
    expect(phone.data().r).toBe('hihi1')
  })

  it('is styled by its own sheet alone', () => {
    const phone = withComponent('<c/><view class="a">page</view>', '<view class="a">own</view>', 'Component({})', { 'c/c.wxss': '.a{color:red}', 'p/a.wxss': '.a{color:blue}' })
    const styles = [...phone.window.document.querySelectorAll('style')].map(({ textContent }) => textContent)
    const scope = /\.(\w+)--a\{color:red\}/.exec(styles.join())?.[1]
    expect(phone.find('c')?.innerHTML).toContain(`class="${scope}--a"`)
    expect(phone.html()).toContain('<wx-view class="a">page')
  })

  it('is told which style options its JSON must hold', () => {
    const phone = withComponent('<c/>', '.', 'Component({ options: { styleIsolation: "shared" } })')
    expect(phone.console.map(({ text }) => text)).toEqual(['c/c: the simulator takes styleIsolation "shared" from c/c.json only'])
  })

  it('without its script reports it, and the rest of the page lives', () => {
    const phone = withComponent('<c/>rest', 'x', 'throw new Error("broken")')
    expect(phone.errors[0]?.message).toBe('broken')
    expect(phone.errors[0]?.at).toBe('c/c.js:1')
  })
})
