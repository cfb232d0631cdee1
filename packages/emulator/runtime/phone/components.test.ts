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

  it('is found by selectComponent, by id and by class', () => {
    const phone = withComponent('<c id="one" class="k"/>', '<view/>', 'Component({ methods: { hi() { return "hi" } } })', {
      'p/a.js': 'Page({ onLoad() { this.setData({ r: this.selectComponent("#one").hi() + this.selectComponent(".k").hi() + this.selectAllComponents(".k").length + wx.createSelectorQuery().select("#one").constructor.name.length }) } })',
    })
    expect(phone.data().r).toMatch(/^hihi1/)
  })

  it('is styled by its own sheet alone', () => {
    const phone = withComponent('<c/><view class="a">page</view>', '<view class="a">own</view>', 'Component({})', { 'c/c.wxss': '.a{color:red}', 'p/a.wxss': '.a{color:blue}' })
    const styles = [...phone.window.document.querySelectorAll('style')].map(({ textContent }) => textContent)
    const scope = /\.(\w+)--a\{color:red\}/.exec(styles.join())?.[1]
    expect(phone.find('c')?.innerHTML).toContain(`class="${scope}--a"`)
    expect(phone.html()).toContain('<wx-view class="a">page')
  })

  it('without its script reports it, and the rest of the page lives', () => {
    const phone = withComponent('<c/>rest', 'x', 'throw new Error("broken")')
    expect(phone.errors[0]?.message).toBe('broken')
    expect(phone.errors[0]?.at).toBe('c/c.js:1')
  })
})
