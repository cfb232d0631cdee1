import { describe, expect, it } from 'vitest'
import { startProgram } from '../fixtures/program.js'

interface Probe {
  outcome: string
  wxml: string
  data?: string
  text: string
  files?: Record<string, string>
}

const PROBES: Probe[] = [
  { outcome: 'walks an object with wx:for', wxml: '<text wx:for="{{o}}" wx:key="*this">{{index}}={{item}},</text>', data: '{ o: { k1: 1, k2: 2 } }', text: 'k1=1,k2=2,' },
  { outcome: 'counts up to a number with wx:for', wxml: '<text wx:for="{{2}}">{{item}},</text>', text: '0,1,' },
  { outcome: 'walks the characters of a string with wx:for', wxml: '<text wx:for="{{s}}">{{item}},</text>', data: '{ s: "ab" }', text: 'a,b,' },
  { outcome: 'walks the characters of a literal with wx:for', wxml: '<text wx:for="xy">{{item}},</text>', text: 'x,y,' },
  {
    outcome: 'keeps nested wx:for apart by for-item and for-index',
    wxml: '<block wx:for="{{rows}}" wx:for-item="row" wx:for-index="y"><text wx:for="{{row}}" wx:for-index="x">{{y}}{{x}}{{item}} </text></block>',
    data: '{ rows: [["a", "b"], ["c"]] }', text: '00a 01b 10c',
  },
  { outcome: 'filters items with wx:if beside wx:for', wxml: '<text wx:for="{{l}}" wx:if="{{item > 1}}">{{item}}</text>', data: '{ l: [1, 2, 3] }', text: '23' },
  {
    outcome: 'chooses among wx:if, elif and else across blanks and comments',
    wxml: '<text wx:if="{{n === 1}}">one</text>\n <!-- c -->\n<text wx:elif="{{n === 2}}">two</text>\n<text wx:else="">many</text>', data: '{ n: 2 }', text: 'two',
  },
  {
    outcome: 'prints null and undefined as nothing and never throws on their members',
    wxml: '[{{a}}][{{b}}][{{t}}][{{o}}][{{l}}][{{a.x.y}}][{{c.q}}]', data: '{ a: null, t: true, o: {}, l: [3, 1, 2] }', text: '[][][true][[object Object]][3,1,2][][]',
  },
  {
    outcome: 'fills a template chosen by name with spread data',
    wxml: '<template name="t">{{x}}{{y}}{{z}}</template><template is="{{which}}" data="{{...o, z: 9}}"/>', data: '{ which: "t", o: { x: 1, y: 2 } }', text: '129',
  },
  {
    outcome: 'imports templates and includes fragments of other files',
    wxml: '<import src="./t"/><include src="/parts/head.wxml"/><template is="row" data="{{v}}"/>', data: '{ v: 5 }', text: 'head row 5',
    files: { 'p/t.wxml': '<template name="row"> row {{v}}</template>', 'parts/head.wxml': '<text>head</text>' },
  },
  {
    outcome: 'runs wxs of a file and of the page, with getDate and getRegExp',
    wxml: '<wxs module="m">module.exports = { twice: function (n) { return n * 2 }, year: getDate(0).getFullYear(), hit: getRegExp("a+").test("caat") }</wxs><wxs src="./tools.wxs" module="t"/>{{m.twice(4)}} {{t.upper("x")}} {{m.year}} {{m.hit}}',
    text: '8 X 1970 true', files: { 'p/tools.wxs': 'function upper(s) { return s.toUpperCase() }\nmodule.exports = { upper: upper }' },
  },
  { outcome: 'decodes entities in text', wxml: '<text decode>&lt;b&gt;</text>', text: '<b>' },
  { outcome: 'decodes entities in text that does not ask for it', wxml: '<text>&lt;b&gt;&nbsp;&amp;</text>', text: '<b>\u00a0&' },
  { outcome: 'keeps a line break in text', wxml: '<text>a\nb</text>', text: 'a\nb' },
  { outcome: 'sees Date and JSON in wxs', wxml: '<wxs module="m">module.exports = { list: JSON.stringify([1]), date: typeof Date }</wxs>{{m.list}} {{m.date}}', text: '[1] function' },
  { outcome: 'breaks a line of text at the two characters \\n', wxml: '<text>a\\nb</text>', text: 'a\nb' },
  { outcome: 'accepts the wx:else="" of every tutorial', wxml: '<view wx:if="{{no}}">1</view><view wx:else="">2</view>', text: '2' },
]

describe('WXML', () => {
  it.each(PROBES)('$outcome', ({ wxml, data = '{}', text, files }) => {
    const phone = startProgram({ 'p/a.wxml': wxml, 'p/a.js': `Page({ data: ${data} })`, ...files })
    expect(phone.text()).toBe(text)
    expect(phone.errors).toEqual([])
  })

  it('converts rpx in inline styles and merges interpolated classes', () => {
    const phone = startProgram({ 'p/a.wxml': '<view class="a {{s ? \'b\' : \'\'}}" style="width: 10rpx"/>', 'p/a.js': 'Page({ data: { s: true } })' })
    expect(phone.find('view')?.className).toBe('a b')
    expect(phone.find('view')?.getAttribute('style')).toContain('calc(10 * var(--rpx))')
  })

  it.each([
    { over: 'a number', list: '{{2}}', warning: /number/ }, { over: 'a string', list: '{{"ab"}}', warning: /string/ },
  ])('warns of wx:for over $over', ({ list, warning }) => {
    const phone = startProgram({ 'p/a.wxml': `<text wx:for="${list.replace(/"/g, '\'')}">{{item}}</text>` })
    expect(phone.console.map(({ level }) => level)).toContain('warn')
    expect(phone.console[0]?.text).toMatch(warning)
  })

  it('never makes an HTML element of a tag', () => {
    const phone = startProgram({
      'p/a.wxml': '<button/><input/><form/><nav/>', 'p/a.json': '{ "usingComponents": { "nav": "/c/nav" } }',
      'c/nav.wxml': '<view/>', 'c/nav.js': 'Component({})', 'c/nav.json': '{ "component": true }',
    })
    expect([...phone.find('button')?.parentElement?.children ?? []].map(({ localName }) => localName)).toEqual(['wx-button', 'wx-input', 'wx-form', 'wx-nav'])
  })
})

describe('setData', () => {
  it('updates paths, elements of arrays and null, at once', () => {
    const phone = startProgram({
      'p/a.wxml': '{{u.name}}|{{l[1].t}}|{{a[0].x}}|{{gone}}|{{seen}}',
      'p/a.js': `Page({ data: { u: { name: 'a' }, l: [{ t: 1 }, { t: 2 }], a: [{}], gone: 'x' }, onLoad() {
        this.setData({ 'u.name': 'b', 'l[1].t': 3, 'a[0].x': 'y', gone: null })
        this.setData({ seen: this.data.u.name + this.data.l[1].t })
      } })`,
    })
    expect(phone.text()).toBe('b|3|y||b3')
    expect(phone.data().gone).toBe(null)
  })

  it('copies what it is given', () => {
    const phone = startProgram({ 'p/a.wxml': '{{u.n}}', 'p/a.js': 'Page({ onLoad() { const u = { n: 1 }; this.setData({ u }); u.n = 2; this.setData({ same: this.data.u === u }) } })' })
    expect(phone.data()).toEqual({ u: { n: 1 }, same: false })
  })

  it('calls back after rendering and warns about undefined as WeChat does', async () => {
    const phone = startProgram({ 'p/a.wxml': '{{n}}', 'p/a.js': 'Page({ onLoad() { this.setData({ x: undefined }, () => this.setData({ n: 1 })) } })' })
    await phone.settle()
    expect(phone.data().n).toBe(1)
    expect(phone.console.map(({ text }) => text)).toContain('Setting data field "x" to undefined is invalid.')
  })

  it('keeps initial data of two openings of a page apart', () => {
    const phone = startProgram({ 'p/a.js': 'Page({ data: { l: [] }, onLoad() { this.data.l.push(1) } })' })
    phone.open('p/a')
    expect(phone.data().l).toEqual([1])
  })
})
