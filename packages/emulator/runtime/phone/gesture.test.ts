import { describe, expect, it } from 'vitest'
import { startProgram } from '../fixtures/program.js'

const PROFILE = `const ask = (how) => wx.getUserProfile({ desc: 'd', success: () => console.log(how, 'ok'), fail: (e) => console.log(how, e.errMsg) })`
const REFUSED = 'getUserProfile:fail can only be invoked by user TAP gesture.'

/** A device that holds WeChat's rule; the phone only says when a tap is going on. */
function createDevice() {
  let depth = 0
  const gesture = {
    enter: () => { depth++ },
    leave: () => { depth-- },
  }
  const wx = {
    getUserProfile: ({ success, fail, complete }: Record<string, (result: unknown) => void>) => {
      const allowed = depth > 0
      queueMicrotask(() => {
        if (allowed) success?.({ errMsg: 'getUserProfile:ok' })
        else fail?.({ errMsg: REFUSED })
        complete?.({})
      })
    },
  }
  return { gesture, wx, depth: () => depth }
}

const COMPONENT = {
  'p/a.json': '{ "usingComponents": { "c": "/c/c" } }', 'c/c.json': '{ "component": true }', 'c/c.wxml': '<view class="x" bindtap="go">x</view>',
}

describe('a call counts as made by a tap', () => {
  it.each([
    { how: 'directly in a bindtap handler', answer: 'ok', wxml: '<button bindtap="go"/>', js: `Page({ go() { ask('x') } })` },
    { how: 'in a parent\'s handler that the tap bubbled to', answer: 'ok', wxml: '<view bindtap="go"><button/></view>', js: `Page({ go() { ask('x') } })` },
    { how: 'after await Promise.resolve()', answer: REFUSED, wxml: '<button bindtap="go"/>', js: `Page({ async go() { await Promise.resolve(); ask('x') } })` },
    { how: 'in a timer', answer: REFUSED, wxml: '<button bindtap="go"/>', js: `Page({ go() { setTimeout(() => ask('x')) } })` },
    { how: 'from onLoad', answer: REFUSED, wxml: '<button/>', js: `Page({ onLoad() { ask('x') } })` },
  ])('$how: $answer', async ({ answer, wxml, js }) => {
    const phone = startProgram({ 'p/a.wxml': wxml, 'p/a.js': `${PROFILE}\n${js}` }, createDevice())
    phone.tap('button')
    await phone.settle()
    expect(phone.console.map(({ text }) => text)).toEqual([`x ${answer}`])
  })

  it('in the page\'s handler of an event that a component triggers from its own tap, and not of a tap that it makes up', async () => {
    const phone = startProgram({
      ...COMPONENT, 'p/a.wxml': '<c bind:picked="go" bind:tap="made"/>', 'p/a.js': `${PROFILE}\nPage({ go() { ask('custom') }, made(e) { if (e.detail.fake) ask('made up') } })`,
      'c/c.js': `Component({ methods: { go() { this.triggerEvent('picked'); setTimeout(() => this.triggerEvent('tap', { fake: true })) } } })`,
    }, createDevice())
    phone.tap('.x')
    await phone.settle()
    expect(phone.console.map(({ text }) => text)).toEqual(['custom ok', `made up ${REFUSED}`])
  })

  it('in the confirm callback of a modal', async () => {
    const phone = startProgram({
      'p/a.wxml': '<button bindtap="go"/>',
      'p/a.js': `${PROFILE}\nPage({ go() { wx.showModal({ title: 't', success: (r) => ask(r.confirm ? 'confirm' : 'cancel') }) } })`,
    }, createDevice())
    phone.tap('button')
    phone.tap('.phone-modal-confirm')
    phone.tap('button')
    phone.tap('.phone-modal-cancel')
    await phone.settle()
    expect(phone.console.map(({ text }) => text)).toEqual(['confirm ok', `cancel ${REFUSED}`])
  })

  it('and no longer when a handler throws', async () => {
    const device = createDevice()
    const phone = startProgram({ 'p/a.wxml': '<button bindtap="go"/>', 'p/a.js': 'Page({ go() { throw new Error("x") } })' }, device)
    phone.tap('button')
    await phone.settle()
    expect(device.depth()).toBe(0)
  })
})
