import { describe, expect, it } from 'vitest'
import type { TestPhone } from '../create-phone.js'
import { startProgram } from '../fixtures/program.js'

const logged = (phone: TestPhone): string[] => phone.console.filter(({ level }) => level === 'log').map(({ text }) => text)
const LOG = 'Page({ log(e) { console.log(e.currentTarget.dataset.n, e.type) }, data: { h: "log" } })'

describe('events', () => {
  it('reach the handler as plain data in WeChat\'s shape', () => {
    const phone = startProgram({
      'p/a.wxml': '<view id="outer" mark:place="top" data-user-id="u1" data-n="{{7}}" data-s="7" data-o="{{o}}" bindtap="tap"><view id="inner" mark:kind="leaf">x</view></view>',
      'p/a.js': 'Page({ data: { o: { a: 1 } }, tap(e) { this.setData({ e: JSON.parse(JSON.stringify(e)) }) } })',
    })
    phone.tap('#inner')
    const touch = { identifier: 0, clientX: 1, clientY: 1, pageX: 1, pageY: 1, force: 1 }
    expect(phone.data().e).toEqual({
      type: 'tap', timeStamp: expect.any(Number) as number, mark: { place: 'top', kind: 'leaf' }, detail: { x: 1, y: 1 }, touches: [touch], changedTouches: [touch],
      target: { id: 'inner', dataset: {}, offsetLeft: 0, offsetTop: 0 },
      currentTarget: { id: 'outer', dataset: { userId: 'u1', n: 7, s: '7', o: { a: 1 } }, offsetLeft: 0, offsetTop: 0 },
    })
  })

  it.each([
    { outcome: 'bubble through bind, with or without a colon, named or computed', wxml: '<view data-n="1" bind:tap="log"><view data-n="2" bindtap="{{h}}"><text id="t">x</text></view></view>', order: ['2 tap', '1 tap'] },
    { outcome: 'stop at catch', wxml: '<view data-n="1" bindtap="log"><view data-n="2" catchtap="log"><text id="t">x</text></view></view>', order: ['2 tap'] },
    { outcome: 'run capture-bind before the inner handler', wxml: '<view data-n="1" capture-bind:tap="log"><view data-n="2" bindtap="log" id="t">x</view></view>', order: ['1 tap', '2 tap'] },
    { outcome: 'never arrive behind capture-catch', wxml: '<view data-n="1" capture-catch:tap="log"><view data-n="2" bindtap="log" id="t">x</view></view>', order: ['1 tap'] },
    { outcome: 'run one mut-bind only', wxml: '<view data-n="1" mut-bind:tap="log"><view data-n="2" mut-bind:tap="log" id="t">x</view></view>', order: ['2 tap'] },
  ])('$outcome', ({ wxml, order }) => {
    const phone = startProgram({ 'p/a.wxml': wxml, 'p/a.js': LOG })
    phone.tap('#t')
    expect(logged(phone)).toEqual(order)
  })

  it('of a finger carry plain touches', () => {
    const phone = startProgram({ 'p/a.wxml': '<view id="t" bindtouchstart="on">x</view>', 'p/a.js': 'Page({ on(e) { this.setData({ touches: e.touches, detail: e.detail }) } })' })
    const touch = { identifier: 3, clientX: 5, clientY: 6 }
    phone.find('#t')?.dispatchEvent(Object.assign(new phone.window.Event('touchstart', { bubbles: true, composed: true }), { touches: [touch], changedTouches: [touch] }))
    expect(phone.data().touches).toEqual([{ ...touch, pageX: 5, pageY: 6, force: 1 }])
  })

  it('of a long press come as longpress and longtap', () => {
    const phone = startProgram({ 'p/a.wxml': '<view data-n="1" bindlongpress="log" bindlongtap="log" id="t">x</view>', 'p/a.js': LOG })
    phone.longTap('#t')
    expect(logged(phone)).toEqual(['1 longpress', '1 longtap'])
  })

  it('of a component arrive with its detail', () => {
    const phone = startProgram({
      'p/a.wxml': '<c id="c" bind:picked="on"/>', 'p/a.js': 'Page({ on(e) { this.setData({ detail: e.detail, id: e.target.id }) } })', 'p/a.json': '{ "usingComponents": { "c": "/c/c" } }',
      'c/c.json': '{ "component": true }', 'c/c.wxml': '<view class="x" bindtap="go">x</view>', 'c/c.js': 'Component({ methods: { go() { this.triggerEvent("picked", { n: 1 }) } } })',
    })
    phone.tap('.x')
    expect(phone.data()).toEqual({ detail: { n: 1 }, id: 'c' })
  })

  it('whose handler is missing are announced with the place in the WXML', () => {
    const phone = startProgram({ 'p/a.wxml': '<view>\n  <button bindtap="nope"/></view>' })
    expect(phone.console.map(({ text }) => text)).toEqual(['Component "p/a" does not have a method "nope" to handle the event bound at p/a.wxml:2:11.'])
  })
})
