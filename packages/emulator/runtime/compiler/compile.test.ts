import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startFolder, startProgram, writeFile, writeProgram } from '../fixtures/program.js'
import { compileProgram } from './compile.js'
import { CompileError, formatDiagnostic } from './diagnostics.js'

type Files = Record<string, string>

function errorsOf(files: Files): string[] {
  try {
    compileProgram(writeProgram(files))
  } catch (error) {
    if (error instanceof CompileError) return error.diagnostics.filter(({ severity }) => severity === 'error').map(formatDiagnostic)
    throw error
  }
  return []
}

const warningsOf = (files: Files): string[] => compileProgram(writeProgram(files)).warnings.map(formatDiagnostic)

describe('the compiler refuses, with file, line and column', () => {
  it.each<{ what: string, files: Files, error: string }>([
    { what: 'a tag that the phone does not draw', files: { 'p/a.wxml': '<view>\n  <map/>\n</view>' }, error: 'p/a.wxml:2:3 <map> is not supported by the simulator, and not in usingComponents' },
    { what: 'an HTML tag', files: { 'p/a.wxml': '<div>x</div>' }, error: 'p/a.wxml:1:1 <div> is not supported by the simulator, and not in usingComponents' },
    { what: 'bindclick', files: { 'p/a.wxml': '<view bindclick="x"/>' }, error: 'p/a.wxml:1:7 "click" does not exist in WeChat: use bindtap' },
    { what: 'an open-type that it cannot play', files: { 'p/a.wxml': '<button open-type="share"/>' }, error: 'p/a.wxml:1:9 open-type="share" of <button> is not supported by the simulator (getUserInfo, getPhoneNumber, getRealtimePhoneNumber, chooseAvatar, agreePrivacyAuthorization, openSetting)' },
    { what: 'an attribute whose absence would change the program', files: { 'p/a.wxml': '<scroll-view refresher-enabled="{{true}}"/>' }, error: 'p/a.wxml:1:14 "refresher-enabled" of <scroll-view> is not supported by the simulator' },
    { what: 'an event that never comes', files: { 'p/a.wxml': '<button bind:contact="x"/>' }, error: 'p/a.wxml:1:9 event "contact" of <button> is not supported by the simulator' },
    { what: 'a misspelt wx: attribute', files: { 'p/a.wxml': '<view wx:elseif="{{a}}"/>' }, error: 'p/a.wxml:1:7 "wx:elseif" is not an attribute of WXML' },
    { what: 'a broken expression', files: { 'p/a.wxml': '<view>\n{{a +}}</view>' }, error: 'p/a.wxml:2:6 unexpected character inside {{ }}: WXML knows no ?., ??, assignments or functions' },
    { what: 'optional chaining in an expression', files: { 'p/a.wxml': '{{a?.b}}' }, error: 'p/a.wxml:1:4 unexpected character inside {{ }}: WXML knows no ?., ??, assignments or functions' },
    { what: 'a default for nothing in an expression', files: { 'p/a.wxml': '{{a ?? b}}' }, error: 'p/a.wxml:1:5 unexpected character inside {{ }}: WXML knows no ?., ??, assignments or functions' },
    { what: 'a function in an expression', files: { 'p/a.wxml': '{{ l.map(x => x) }}' }, error: 'p/a.wxml:1:12 unmatched parenthesis' },
    { what: 'a syntax error in a script', files: { 'p/a.js': 'Page({\n  data: {,\n})' }, error: 'p/a.js:2:10 Expected identifier but found ","' },
    { what: 'a syntax error in a TypeScript file', files: { 'app.ts': 'App({})\nlet n: = 1' }, error: 'app.ts:2:8 Unexpected "="' },
    { what: 'broken WXSS', files: { 'p/a.wxss': '.a {\n  color: red' }, error: 'p/a.wxss:1:1 Unclosed block' },
    { what: 'an import of WXSS that is not there', files: { 'p/a.wxss': '@import "./no.wxss";' }, error: 'p/a.wxss:1:1 @import: p/no.wxss not found' },
    { what: 'broken JSON', files: { 'app.json': '{\n  "pages": ["p/a",]\n}' }, error: 'app.json:2:' },
    { what: 'a page without files', files: { 'app.json': '{ "pages": ["p/a", "p/none"] }' }, error: 'app.json page "p/none": p/none.wxml not found' },
    { what: 'a component that is not there', files: { 'p/a.json': '{ "usingComponents": { "c": "/no/c" } }' }, error: 'p/a.json component "c": "/no/c" not found, or of a kind that the simulator does not support' },
    { what: 'plugins', files: { 'app.json': '{ "pages": ["p/a"], "plugins": {} }' }, error: 'app.json "plugins" is not supported by the simulator' },
    { what: 'a tab bar of its own', files: { 'app.json': '{ "pages": ["p/a"], "tabBar": { "custom": true, "list": [{ "pagePath": "p/a", "text": "a" }] } }' }, error: 'app.json tabBar "custom": the component in custom-tab-bar/ is not drawn by the simulator; without "custom" the phone draws "list"' },
    { what: 'an included file that is not there', files: { 'p/a.wxml': '<include src="./no.wxml"/>' }, error: 'p/a.wxml p/no.wxml not found' },
  ])('$what', ({ files, error }) => {
    expect(errorsOf(files).join('\n')).toContain(error)
  })

  it('everything that is wrong at once', () => {
    expect(errorsOf({ 'p/a.wxml': '<map/><canvas/>', 'p/a.js': 'Page({', 'p/a.wxss': '.a {' })).toHaveLength(4)
  })

  it('a folder without app.json', () => {
    expect(() => compileProgram(join(writeProgram({}), 'p'))).toThrow('app.json not found in')
  })
})

describe('the compiler warns', () => {
  it.each<{ what: string, files: Files, warning: string }>([
    { what: 'of a lone wx:else', files: { 'p/a.wxml': '<view wx:else/>' }, warning: 'p/a.wxml:1:7 attribute not allowed here (wx:else and wx:elif must follow a wx:if)' },
    { what: 'of a tag that is never closed', files: { 'p/a.wxml': '<view><text>' }, warning: 'p/a.wxml:1:8 missing end tag: this tag is never closed' },
    { what: 'of an attribute that is there twice', files: { 'p/a.wxml': '<view id="a" id="b"/>' }, warning: 'p/a.wxml:1:14 duplicated attribute' },
    { what: 'of capitals in a data attribute', files: { 'p/a.wxml': '<view data-userId="1"/>' }, warning: 'p/a.wxml:1:7 avoid uppercase letters' },
    { what: 'of :host where styles are shared', files: { 'p/a.wxss': ':host{color:red}' }, warning: 'p/a.wxss:1:1 ":host" has no effect in a sheet with shared styles' },
    { what: 'of an attribute that nobody knows', files: { 'p/a.wxml': '<view align="left"/>' }, warning: 'p/a.wxml:1:7 "align" is not an attribute of <view> that the simulator knows: it has no effect' },
    { what: 'of a module that is not there', files: { 'p/a.js': '\ntry { require("./no") } catch { Page({}) }' }, warning: 'p/a.js:2:16 module "./no" not found (looked in the program, miniprogram_npm and node_modules)' },
  ])('$what', ({ files, warning }) => {
    expect(warningsOf(files).join('\n')).toContain(warning)
  })

  it('of nothing in a program that is all right', () => {
    expect(warningsOf({ 'p/a.wxml': '<!-- <map> {{a ?? b}} --><view>{{a ? \'??\' : b}}</view><view class="a > b" data-x="{{a < b}}" aria-label="x" hover-class="none"><slot-like wx:if="{{x}}"/></view>', 'p/a.json': '{ "usingComponents": { "slot-like": "/c/c" } }', 'c/c.wxml': '<slot/>', 'c/c.js': 'Component({})' })).toEqual([])
  })
})

describe('scripts', () => {
  it('may be TypeScript with imports, types, JSON modules and index files', () => {
    const phone = startProgram({
      'app.json': '{ "pages": ["t/t"] }', 't/t.wxml': '{{hello}}', 'lib/table.json': '{ "n": 4 }',
      't/t.ts': `import { greet } from '../lib/greet'\nimport type { Named } from '../lib/greet'\nimport table from '../lib/table.json'\nPage({ data: { hello: greet({ name: 'b' } as Named) + table.n } })`,
      'lib/greet/index.ts': `export interface Named { name: string }\nexport const greet = ({ name }: Named): string => 'hello ' + name`,
    })
    expect(phone.text()).toBe('hello b4')
  })

  it('are found from the program\'s root, and load once', () => {
    const phone = startProgram({
      'lib/n.js': 'module.exports = { n: 0 }', 'p/a.js': 'const n = require("/lib/n.js"); n.n++; Page({ data: { n: require("../lib/n").n } })', 'p/a.wxml': '{{n}}',
    })
    expect(phone.text()).toBe('1')
  })

  it('throw WeChat\'s message for a module that is not there', () => {
    const phone = startProgram({ 'p/a.js': 'try { require("./no") } catch (e) { Page({ data: { e: e.message } }) }' })
    expect(phone.data().e).toBe('module \'./no\' is not defined, require args is \'./no\'')
  })

  it('come from miniprogram_npm, and else from node_modules by the package\'s miniprogram field', () => {
    const folder = writeProgram({
      'p/a.js': 'const { n } = require("built"); const { login } = require("@scope/kit"); const extra = require("@scope/kit/extra"); Page({ data: { all: n + login() + extra } })', 'p/a.wxml': '{{all}}',
      'miniprogram_npm/built/index.js': 'exports.n = 1',
    })
    const kit = join(folder, 'node_modules/@scope/kit')
    mkdirSync(join(kit, 'miniprogram_dist'), { recursive: true })
    writeFileSync(join(kit, 'package.json'), '{ "miniprogram": "miniprogram_dist", "main": "./dist/index.js" }')
    writeFile(kit, 'miniprogram_dist/index.js', 'exports.login = () => require("./inner").two')
    writeFile(kit, 'miniprogram_dist/inner.js', 'exports.two = 2')
    writeFile(kit, 'miniprogram_dist/extra.js', 'module.exports = 3')
    expect(startFolder(folder).text()).toBe('6')
  })
})

describe('app.json', () => {
  it('brings pages of subpackages, in both spellings, and components for every page', () => {
    for (const key of ['subPackages', 'subpackages']) {
      const phone = startProgram({
        'app.json': `{ "pages": ["p/a"], "${key}": [{ "root": "more/", "pages": ["q/b"] }], "usingComponents": { "c": "/c/c" } }`,
        'more/q/b.wxml': '<c/>', 'more/q/b.js': 'Page({})', 'c/c.wxml': 'shared', 'c/c.js': 'Component({})', 'c/c.json': '{ "component": true }',
      }, { page: 'more/q/b' })
      expect(phone.text()).toBe('shared')
    }
  })

  it('brings subpackages whose pages require their own files and the main package\'s, and are reached from it', async () => {
    for (const key of ['subPackages', 'subpackages']) {
      const phone = startProgram({
        'app.json': `{ "pages": ["p/a"], "${key}": [{ "root": "more", "name": "more", "pages": ["q/b", "q/c"] }] }`,
        'p/a.wxml': '<navigator url="/more/q/b?id=1">go</navigator>', 'lib/main.js': 'module.exports = "main"', 'more/lib/own.js': 'exports.own = "own"',
        'more/q/b.wxml': '<card/>{{text}}', 'more/q/b.json': '{ "usingComponents": { "card": "../parts/card" } }', 'more/q/b.wxss': '@import "../../lib/base.wxss";', 'lib/base.wxss': '.base{color:red}',
        'more/q/b.js': 'const { own } = require("../lib/own"); const main = require("../../lib/main.js"); Page({ onLoad({ id }) { this.setData({ text: [own, main, id].join() }) } })',
        'more/q/c.wxml': '<text>last</text>', 'more/q/c.js': 'Page({})', 'more/parts/card.json': '{ "component": true }', 'more/parts/card.wxml': '<view class="card" bindtap="go">card </view>', 'more/parts/card.js': 'Component({ methods: { go() { wx.navigateTo({ url: "/more/q/c" }) } } })',
      })
      phone.tap('navigator')
      await phone.settle()
      expect([phone.page(), phone.text()]).toEqual(['more/q/b', 'card own,main,1'])
      phone.tap('.card')
      expect([phone.pages(), phone.errors]).toEqual([['p/a', 'more/q/b', 'more/q/c'], []])
    }
  })

  it('lies where project.config.json says', () => {
    const folder = writeProgram({ 'mini/app.json': '{ "pages": ["p/a"] }', 'mini/p/a.wxml': 'inside', 'mini/p/a.js': 'Page({})', 'project.config.json': '{ "miniprogramRoot": "mini/" }' })
    rmSync(join(folder, 'app.json'))
    expect(startFolder(folder).text()).toBe('inside')
  })
})
