import { describe, expect, it } from 'vitest'
import { startProgram } from '../fixtures/program.js'
import { MISSING_METHODS } from './errors.js'

const BUTTON = '<button bindtap="go">x</button>'

describe('an error of the program', () => {
  it.each([
    { where: 'in onLoad', js: 'Page({\n  onLoad() {\n    throw new Error("boom")\n  },\n})', at: 'p/a.js:3', during: 'onLoad of p/a' },
    { where: 'in onShow', js: 'Page({ onShow() { null.x } })', at: 'p/a.js:1', during: 'onShow of p/a' },
    { where: 'in a handler', js: '// comment\n\nPage({\n  go() { throw new Error("boom") },\n})', at: 'p/a.js:4', during: 'listener' },
    { where: 'in an async handler', js: 'Page({\n  async go() {\n    await null\n    throw new Error("boom")\n  },\n})', at: 'p/a.js:4', during: 'go' },
    { where: 'in an async onLoad', js: 'Page({\n  async onLoad() { await null; throw new Error("boom") },\n})', at: 'p/a.js:2', during: 'onLoad of p/a' },
  ])('$where is shown with file and line, told to App.onError, and the page lives', async ({ js, at, during }) => {
    const phone = startProgram({ 'p/a.js': js, 'p/a.wxml': BUTTON, 'app.js': 'App({ onError(stack) { console.log("app", stack.split("\\n").length > 1) } })' })
    phone.tap('button')
    await phone.settle()
    expect(phone.errors).toHaveLength(1)
    expect(phone.errors[0]).toMatchObject({ at })
    expect(phone.errors[0]?.during).toContain(during)
    expect(phone.errors[0]?.stack).toContain(at)
    expect(phone.console.map(({ text }) => text)).toContain('app true')
    expect(phone.text('.phone-errors')).toContain(at)
    expect(phone.text('button')).toBe('x')
  })

  it('in a component\'s attached lifetime is caught', () => {
    const phone = startProgram({
      'p/a.wxml': '<c/>rest', 'p/a.json': '{ "usingComponents": { "c": "/c/c" } }', 'c/c.json': '{ "component": true }', 'c/c.wxml': 'c', 'c/c.ts': '',
      'c/c.js': 'Component({\n  lifetimes: { attached() { throw new Error("boom") } } })',
    })
    expect(phone.errors).toMatchObject([{ message: 'boom', at: 'c/c.js:2' }])
    expect(phone.text()).toContain('rest')
  })

  it.each([
    { where: 'an observer', js: 'Component({ properties: { n: Number },\n  observers: { n() { throw new Error("boom") } } })' },
    { where: 'the observer of a property', js: 'Component({ properties: {\n  n: { type: Number, observer() { throw new Error("boom") } } } })' },
  ])('in $where is caught, with file and line, and the value arrives', ({ js }) => {
    const phone = startProgram({
      'p/a.wxml': '<c n="{{1}}"/>rest', 'p/a.json': '{ "usingComponents": { "c": "/c/c" } }', 'c/c.json': '{ "component": true }', 'c/c.wxml': '{{n}}', 'c/c.js': js,
    })
    expect(phone.errors).toMatchObject([{ message: 'boom', at: 'c/c.js:2' }])
    expect(phone.text()).toBe('1rest')
  })

  it('in an async lifetime of a component is caught', async () => {
    const phone = startProgram({
      'p/a.wxml': '<c/>', 'p/a.json': '{ "usingComponents": { "c": "/c/c" } }', 'c/c.json': '{ "component": true }', 'c/c.wxml': 'c',
      'c/c.js': 'Component({\n  lifetimes: { async attached() { await null; throw new Error("one") } },\n  async ready() { await null; throw new Error("two") } })',
    })
    await phone.settle()
    expect(phone.errors).toMatchObject([{ message: 'one', at: 'c/c.js:2', during: 'attached' }, { message: 'two', at: 'c/c.js:3', during: 'ready' }])
  })

  it('while a page\'s file loads names the file, and that the page was never registered', () => {
    const phone = startProgram({ 'p/a.js': '\nmissing()' })
    expect(phone.errors[0]).toMatchObject({ message: 'missing is not defined', at: 'p/a.js:2', during: 'loading p/a.js' })
    expect(phone.errors[1]?.message).toContain('p/a')
  })

  it.each(MISSING_METHODS)('that calls this.%s says that the simulator lacks it', (method) => {
    const phone = startProgram({ 'p/a.js': `Page({ onLoad() { this.${method}() } })` })
    expect(phone.errors[0]?.message).toBe(`this.${method} is not a function: the simulator does not support it`)
  })

  it('that calls an API nobody has says so', () => {
    const phone = startProgram({ 'p/a.js': 'Page({ onLoad() { wx.scanQRCode() } })' })
    expect(phone.errors[0]?.message).toBe('wx.scanQRCode is not a function: the simulator, or the base library it plays, has no wx.scanQRCode')
  })
})
